import fs from 'node:fs';
import path from 'node:path';

/** A store to measure with: how many entries, and about how many bytes each. */
export interface StoreSpec {
  readonly name: string;
  readonly entries: number;
  readonly bytesPerEntry: number;
}

/** The stores of docs/performance.md. `fat` is the everyday heavy case: operators report 150-1,000 entries, 14-90 KB each. */
export const storeSpecs = {
  empty: { name: 'empty', entries: 0, bytesPerEntry: 0 },
  small1k: { name: 'small-1k', entries: 1_000, bytesPerEntry: 760 },
  small10k: { name: 'small-10k', entries: 10_000, bytesPerEntry: 760 },
  small100k: { name: 'small-100k', entries: 100_000, bytesPerEntry: 760 },
  fat400: { name: 'fat-400 (50 KB each)', entries: 400, bytesPerEntry: 50_000 },
  fat1k: { name: 'fat-1k', entries: 1_000, bytesPerEntry: 22_500 },
  fat10k: { name: 'fat-10k', entries: 10_000, bytesPerEntry: 22_500 },
} as const satisfies Record<string, StoreSpec>;

/** Writes `<home>/.openclaw/agents/main/sessions/sessions.json`, the same for the same spec. Returns its path. */
export function writeStore(home: string, { entries, bytesPerEntry }: StoreSpec): string {
  const random = createRandom(entries + bytesPerEntry);
  const now = Date.now();
  const rows = Array.from({ length: entries }, () => {
    // Log-uniform from a minute to 90 days; the store is written oldest first.
    const ageMs = 60_000 * Math.exp(random() * Math.log(90 * 24 * 60));
    return { ageMs, id: uuid(random) };
  }).sort((a, b) => b.ageMs - a.ageMs);
  const file = path.join(home, '.openclaw/agents/main/sessions/sessions.json');
  const dir = path.dirname(file);
  const store = Object.fromEntries(
    rows.map(({ ageMs, id }, index) => [
      keyOf(index, id),
      entryOf(id, path.join(dir, `${id}.jsonl`), Math.floor(now - ageMs), bytesPerEntry, random),
    ]),
  );
  fs.mkdirSync(dir, { recursive: true });
  writeInPieces(file, store);
  return file;
}

/** The bytes of `JSON.stringify(store, null, 2)`, which may be longer than a string can be. */
function writeInPieces(file: string, store: Readonly<Record<string, object>>): void {
  const fd = fs.openSync(file, 'w');
  let separator = '{\n';
  for (const [key, entry] of Object.entries(store)) {
    fs.writeSync(
      fd,
      `${separator}  ${JSON.stringify(key)}: ${JSON.stringify(entry, null, 2).replaceAll('\n', '\n  ')}`,
    );
    separator = ',\n';
  }
  fs.writeSync(fd, separator === '{\n' ? '{}' : '\n}');
  fs.closeSync(fd);
}

/** Keys of all kinds; about 15% of them are protected from maintenance. */
function keyOf(index: number, id: string): string {
  const forms = [
    `agent:main:telegram:direct:${100_000_000 + index}`,
    `agent:main:explicit:${id}`,
    `agent:main:cron:${id}`,
    `agent:main:cron:job-${index % 7}:run:${id}`,
    `agent:main:subagent:${id}`,
    `agent:main:acp:${id}`,
    `agent:main:hook:${id}`,
    `agent:main:dashboard:${id}`,
    `agent:main:slack:direct:u${index}`,
    `agent:main:discord:channel:${index}`,
    `agent:main:telegram:group:-${1_000_000 + index}`,
    `agent:main:whatsapp:direct:+49${index}`,
    `agent:main:explicit:${id}`,
  ];
  return index === 0 ? 'agent:main:main' : (forms[index % forms.length] ?? id);
}

function entryOf(id: string, sessionFile: string, updatedAt: number, bytes: number, random: () => number): object {
  const entry = {
    sessionId: id,
    updatedAt,
    systemSent: true,
    abortedLastRun: false,
    chatType: 'direct',
    thinkingLevel: 'medium',
    ...(random() < 0.85
      ? {
          inputTokens: int(random, 9000),
          outputTokens: int(random, 900),
          totalTokens: int(random, 180_000),
          totalTokensFresh: true,
        }
      : {}),
    modelProvider: 'anthropic',
    model: 'claude-opus-4-6',
    contextTokens: 200_000,
    sessionFile,
    lastChannel: 'telegram',
    lastTo: String(int(random, 1e9)),
    deliveryContext: { channel: 'telegram', to: '1' },
    compactionCount: int(random, 5),
    origin: { provider: 'telegram', surface: 'telegram', chatType: 'direct', from: 'telegram:1', to: 'telegram:1' },
  };
  return bytes < 2000 ? entry : { ...entry, ...ballast(bytes - 760) };
}

/** Half in one long text, half in many small objects, as real entries have it. */
function ballast(bytes: number): object {
  // Beyond Latin-1, as skill texts are: a parser then holds the whole text in two bytes a character.
  const sentence = 'Reads the "notes" of a project\nand files them under <places> → größere Dateien werden geteilt. ';
  const tools = Math.floor(bytes / 2 / 190);
  return {
    skillsSnapshot: {
      prompt: sentence.repeat(Math.ceil(bytes / 2 / sentence.length)),
      skills: Array.from({ length: 12 }, (_, index) => ({ name: `skill-${index}` })),
      version: 3,
    },
    systemPromptReport: {
      source: 'run',
      systemPrompt: { chars: 38_412, projectContextChars: 21_000 },
      tools: {
        listChars: 2_400,
        entries: Array.from({ length: tools }, (_, index) => ({
          name: `tool_${index}`,
          summaryChars: 120 + index,
          schemaChars: 900 + index,
          propertiesCount: index % 9,
        })),
      },
    },
  };
}

/** Mulberry32: small, seeded, the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const int = (random: () => number, below: number): number => Math.floor(random() * below);

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => int(random, 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
