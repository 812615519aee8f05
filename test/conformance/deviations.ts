import { maskSecrets } from '../../src/core/redaction/secrets.ts';
import { comparableKey } from '../../src/core/cleanup/policy.ts';
import { parseDurationMs } from '../../src/core/duration.ts';
import { unknownKey } from './configs.ts';
import { parseMasked, writeMasked } from './home.ts';
import type { Outcome } from './programs.ts';
import { type Case, type FileState, folderOf, mapRows, rowsOf, type StoreState } from './state.ts';
import type { Replacement } from './variant.ts';

/**
 * How a difference from OpenClaw 2026.5.12 is recognised as one that docs/deviations.md lists. A rule carries the number
 * of its line there, says from the state alone when it applies, and has to account for the whole difference:
 *
 * - `taken-back`: our program built without the deviation leaves what the reference leaves, to the byte;
 * - `foretold`: the rule knows what our program must have left, all of it;
 * - `avoided`: the cause, such as what the reference dies of, is taken out of the state, and both programs do the same;
 * - `said`: the words that one side says more, taken off before anything is compared.
 */
export type Rule = TakenBack | Foretold | Avoided | Said;

interface Listed {
  /** The line of docs/deviations.md. */
  readonly number: `V${number}`;
  /** Which part of it, in the table of results. */
  readonly what: string;
}

export interface TakenBack extends Listed {
  readonly kind: 'taken-back';
  readonly appliesTo: (given: Case) => boolean;
  /** The changes to our source that take the deviation back. */
  readonly replacements: readonly Replacement[];
}

export interface Foretold extends Listed {
  readonly kind: 'foretold';
  readonly appliesTo: (given: Case) => boolean;
  readonly holds: (run: Compared) => boolean;
}

export interface Avoided extends Listed {
  readonly kind: 'avoided';
  readonly appliesTo: (given: Case) => boolean;
  readonly holds: (run: Compared) => boolean;
  /** The same case without the cause of the difference. */
  readonly without: (given: Case) => Case;
  /** Whether what both left of the case is what they leave without the cause, but for what the deviation adds. */
  readonly agrees?: (run: Compared, rest: Pick<Compared, 'reference' | 'ours'>) => boolean;
}

export interface Said extends Listed {
  readonly kind: 'said';
  /** Both outcomes without what is said more; undefined when the rule has nothing to do with them. */
  readonly strip: (run: Compared) => Pick<Compared, 'reference' | 'ours'> | undefined;
}

export interface Compared {
  readonly given: Case;
  readonly reference: Outcome;
  readonly ours: Outcome;
  /** The home before any command. */
  readonly before: Outcome['files'];
}

// What the state and the command line hold

const has = (given: Case, option: string): boolean => given.args.includes(option);
const isCleanup = (given: Case): boolean => given.args[0] === 'cleanup';
const isExport = (given: Case): boolean => given.args[0] === 'export-trajectory';
const isList = (given: Case): boolean => !isCleanup(given) && !isExport(given);
const targetsOf = ({ state, targets }: Case): readonly StoreState[] =>
  state.stores.filter(({ path }) => targets.includes(path));
/** Stores in the folder of a target: what their rows name has to be known too. */
const neighboursOf = (given: Case): readonly StoreState[] =>
  given.state.stores.filter(({ path }) => targetsOf(given).some((target) => folderOf(target.path) === folderOf(path)));
const isDamaged = ({ content }: StoreState): boolean => content.form === 'damaged';
const entriesOf = (given: Case): readonly Readonly<Record<string, unknown>>[] =>
  given.state.stores
    .flatMap(rowsOf)
    .flatMap(([, row]) => (typeof row === 'object' && row !== null ? [row as Readonly<Record<string, unknown>>] : []));
const fileNames = (given: Case): readonly string[] =>
  given.state.stores.flatMap(({ files }) => files.map(({ name }) => name));
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const sessionFiles = (given: Case): readonly string[] => entriesOf(given).map(({ sessionFile }) => textOf(sessionFile));
const isPiped = (given: Case): boolean => !has(given, '--json');
const control = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/; // eslint-disable-line no-control-regex -- what terminals obey
const hasControls = (text: string): boolean => control.test(text);

/** The failure envelope of V6, and nothing else. */
function isEnvelope(stdout: string, stderr: string): boolean {
  let document: unknown;
  try {
    document = JSON.parse(stdout);
  } catch {
    return false;
  }
  const { ok, error } = document as { ok?: unknown; error?: { type?: unknown; message?: unknown; code?: unknown } };
  return (
    ok === false &&
    error?.type === 'cli_error' &&
    typeof error.code === 'string' &&
    typeof error.message === 'string' &&
    stderr.includes(error.message) &&
    stdout === `${JSON.stringify(document, null, 2)}\n`
  );
}

/** Our failure envelope without the fields that V6 adds to that of OpenClaw 2026.9.6. */
function plainEnvelope({ stdout, stderr }: Outcome): string | undefined {
  if (!isEnvelope(stdout, stderr)) return undefined;
  const { error, ...envelope } = JSON.parse(stdout) as { error: object };
  const plain = Object.entries(error).filter(([name]) => !['code', 'hint', 'details'].includes(name));
  return `${JSON.stringify({ ...envelope, error: Object.fromEntries(plain) }, null, 2)}\n`;
}

/** Refused: nothing but the message, and with --json its envelope. */
function isRefusal({ given, ours }: Compared, exitCode: number, message: RegExp): boolean {
  return (
    ours.exitCode === exitCode &&
    message.test(ours.stderr) &&
    (isPiped(given) ? ours.stdout === '' : isEnvelope(ours.stdout, ours.stderr))
  );
}

function isSameFiles(a: Outcome['files'], b: Outcome['files']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What is listed with every agent asked for, without the damaged stores that are named beside it. */
function withoutFailures({ given, ours }: Compared): string | undefined {
  if (isPiped(given)) return ours.stdout;
  const { failures, ...rest } = parseMasked(ours.stdout) as { failures?: { path: string }[] };
  const damaged = targetsOf(given).filter(isDamaged);
  const isNamed = failures?.map(({ path }) => path).join() === damaged.map(({ path }) => `$HOME/${path}`).join();
  return isNamed ? writeMasked(rest) : undefined;
}

/** The lines of the reference's log, in colours or without (V23). */
const logLine =
  // eslint-disable-next-line no-control-regex -- colours
  /^(?:\x1b\[\d+m)*\[sessions\/store\](?:\x1b\[\d+m)* (?:\x1b\[\d+m)*(?:pruned stale session entries|capped session entry count|applied session disk budget cleanup|session disk budget exceeded \(warn-only mode\)|session maintenance would evict active session; skipping enforcement).*\n/gm;

const isNoTime = (time: unknown): boolean => typeof time === 'string' && Number.isNaN(Number(time));
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const sortedLines = (json: string): string => json.replace(/,$/gm, '').split('\n').sort().join('\n');

const mayNotBeName = (id: unknown): boolean => typeof id === 'string' && id.startsWith('..');
const isNoText = (value: unknown): boolean => value != null && typeof value !== 'string';

/** What makes a cleanup of the reference die. */
function isDeadly(row: unknown): boolean {
  return row === null || (typeof row === 'object' && mayNotBeName((row as { sessionId?: unknown }).sessionId));
}

/** What the reference refuses, we read; and as we read what it would have to be for the reference. */
const laterConfig: Pick<Avoided, 'holds' | 'without' | 'agrees'> = {
  holds: ({ reference }) => reference.exitCode === 1 && /: Unrecognized keys?: "/.test(reference.stderr),
  without: withoutLater,
  agrees: ({ ours }, rest) =>
    ours.exitCode === rest.ours.exitCode &&
    ours.stdout === rest.ours.stdout &&
    // What was done is also said with times there.
    (ours.exitCode === 0 || ours.stderr === rest.ours.stderr) &&
    isSameFiles(withoutConfig(ours.files), withoutConfig(rest.ours.files)),
};

const isLiveLock = (content: FileState['content']): boolean =>
  typeof content === 'string' && content.includes('"pid": $PID');

export const rules: readonly Rule[] = [
  {
    number: 'V3',
    what: 'log lines on stdout',
    kind: 'said',
    strip: ({ given, reference, ours }) => {
      if (!isCleanup(given) || !isPiped(given)) return undefined;
      const stdout = reference.stdout.replace(logLine, '');
      return stdout === reference.stdout ? undefined : { reference: { ...reference, stdout }, ours };
    },
  },
  {
    number: 'V6',
    what: 'hints name our program',
    kind: 'said',
    strip: ({ reference, ours }) => {
      const stderr = reference.stderr.replace(/^(.*\bRun )openclaw sessions\b/m, '$1sessions');
      return reference.exitCode === 0 || stderr === reference.stderr
        ? undefined
        : { reference: { ...reference, stderr }, ours };
    },
  },
  {
    number: 'V6',
    what: 'advice on a folder that an export cannot make',
    kind: 'said',
    strip: ({ given, reference, ours }) => {
      const advice = /^(Failed to export trajectory: E.*, mkdir '.*')\n.*--(?:output|workspace)\b.*$/m;
      const stderr = ours.stderr.replace(advice, '$1');
      return !isExport(given) || reference.exitCode === 0 || stderr === ours.stderr
        ? undefined
        : { reference, ours: { ...ours, stderr } };
    },
  },
  {
    number: 'V23',
    what: 'a later release wrote the config',
    kind: 'said',
    strip: ({ given, reference, ours }) => {
      const stderr = reference.stderr.replace(
        /^Your OpenClaw config was written by version .*\nCheck: .*\nIf unexpected, update PATH .*\n/m,
        '',
      );
      return configOf(given)?.['meta'] === undefined || reference.exitCode === 0 || stderr === reference.stderr
        ? undefined
        : { reference: { ...reference, stderr }, ours };
    },
  },
  {
    number: 'V81',
    what: 'folders of a failed export',
    kind: 'said',
    strip: ({ given, reference, ours }) => {
      if (!isExport(given) || reference.exitCode === 0 || ours.exitCode === 0) return undefined;
      const made = Object.keys(reference.files).filter((name) => isExportsFolder(name) && !(name in ours.files));
      const files = Object.fromEntries(Object.entries(reference.files).filter(([name]) => !made.includes(name)));
      return made.length === 0 ? undefined : { reference: { ...reference, files }, ours };
    },
  },
  {
    number: 'V6',
    what: 'failure envelope',
    kind: 'said',
    strip: ({ given, reference, ours }) =>
      isPiped(given) || reference.stdout !== '' || reference.exitCode === 0 || !isEnvelope(ours.stdout, ours.stderr)
        ? undefined
        : { reference, ours: { ...ours, stdout: '' } },
  },
  {
    number: 'V6',
    what: 'failure envelope says more',
    kind: 'said',
    // Only these fields: everything else of both documents has to be equal, to the byte.
    strip: ({ reference, ours }) => {
      const stdout = plainEnvelope(ours);
      return reference.exitCode === 0 || stdout === undefined || stdout !== reference.stdout
        ? undefined
        : { reference, ours: { ...ours, stdout } };
    },
  },
  {
    number: 'V8',
    what: 'which way was taken',
    kind: 'said',
    strip: ({ given, reference, ours }) => {
      const stderr = ours.stderr.replace(/^no Gateway at ws:\/\/127\.0\.0\.1:1(?:; ran locally)?\n/m, '');
      return !isCleanup(given) || ours.exitCode === 0 || stderr === ours.stderr
        ? undefined
        : { reference, ours: { ...ours, stderr } };
    },
  },
  {
    number: 'V8',
    what: 'refused in the words of the Gateway',
    kind: 'said',
    strip: ({ given, reference, ours }) => {
      const stderr = reference.stderr.replace(/^GatewayClientRequestError: /, '');
      return !isCleanup(given) || stderr === reference.stderr
        ? undefined
        : { reference: { ...reference, stderr }, ours };
    },
  },
  {
    number: 'V1',
    what: 'damaged store',
    kind: 'foretold',
    appliesTo: (given) => isList(given) && !has(given, '--all-agents') && targetsOf(given).some(isDamaged),
    holds: (run) =>
      run.reference.exitCode === 0 &&
      isSameFiles(run.ours.files, run.before) &&
      isRefusal(run, 4, /^Session store is damaged: /m),
  },
  {
    number: 'V1',
    what: 'damaged store among others',
    kind: 'avoided',
    appliesTo: (given) => isList(given) && has(given, '--all-agents') && targetsOf(given).some(isDamaged),
    holds: ({ ours, before }) => ours.exitCode === 4 && isSameFiles(ours.files, before),
    without: (given) => ({
      ...given,
      state: {
        ...given.state,
        stores: given.state.stores.map((store) =>
          isDamaged(store) ? { ...store, content: { form: 'two-space', rows: [] } } : store,
        ),
      },
    }),
    agrees: (run, rest) =>
      run.reference.exitCode === rest.reference.exitCode &&
      run.reference.stdout === rest.reference.stdout &&
      withoutFailures(run) === rest.ours.stdout,
  },
  {
    number: 'V2',
    what: 'damaged store',
    kind: 'foretold',
    appliesTo: (given) => isCleanup(given) && [...targetsOf(given), ...neighboursOf(given)].some(isDamaged),
    holds: (run) => isRefusal(run, 4, /^Session store is damaged: /m) && isSameFiles(run.ours.files, run.before),
  },
  {
    number: 'V7',
    what: 'rows that end a cleanup',
    kind: 'avoided',
    appliesTo: (given) => isCleanup(given) && given.state.stores.flatMap(rowsOf).some(([, row]) => isDeadly(row)),
    holds: ({ reference, ours }) =>
      reference.exitCode === 1 && /TypeError|Invalid session ID/.test(reference.stderr) && ours.exitCode === 0,
    without: (given) => ({
      ...given,
      state: mapRows(given.state, (row) => (isDeadly(row) ? undefined : row)),
    }),
  },
  {
    number: 'V7',
    what: 'overrides that end a listing',
    kind: 'avoided',
    appliesTo: (given) =>
      isList(given) &&
      entriesOf(given).some((row) => isNoText(row['providerOverride']) || isNoText(row['modelOverride'])),
    holds: ({ reference, ours }) =>
      reference.exitCode === 1 && /trim is not a function/.test(reference.stderr) && ours.exitCode === 0,
    without: (given) => ({
      ...given,
      state: mapRows(given.state, (row) => {
        if (!isRecord(row)) return row;
        return Object.fromEntries(
          Object.entries(row).filter(([name, value]) => !/^(?:provider|model)Override$/.test(name) || !isNoText(value)),
        );
      }),
    }),
  },
  {
    number: 'V7',
    what: 'context window that is no number',
    kind: 'taken-back',
    appliesTo: (given) =>
      isPiped(given) && entriesOf(given).some((row) => Number.isNaN(Number(row['contextTokens'] ?? 0))),
    replacements: [
      {
        file: 'render/row-cells.ts',
        find: "const size = window ? inThousands(window) : '?';",
        put: "const size = window || Number.isNaN(window) ? inThousands(window) : '?';",
      },
      {
        file: 'render/row-cells.ts',
        find: 'return window ? Math.min',
        put: 'return window || Number.isNaN(window) ? Math.min',
      },
    ],
  },
  {
    number: 'V7',
    what: 'a null row is said to stay',
    kind: 'taken-back',
    appliesTo: (given) =>
      isCleanup(given) && isPiped(given) && given.state.stores.flatMap(rowsOf).some(([, row]) => row === null),
    replacements: [
      {
        file: 'core/cleanup/table.ts',
        find: 'action: planned.action,',
        put: "action: planned.row.entry === null ? 'keep' : planned.action,",
      },
    ],
  },
  {
    number: 'V10',
    what: 'topic transcripts',
    kind: 'taken-back',
    appliesTo: (given) => isCleanup(given) && fileNames(given).some((name) => name.includes('-topic-')),
    replacements: [
      {
        file: 'core/transcript-names.ts',
        find: "if (!name.includes(topicMark) || !['transcript', 'sidecar'].includes(classifyName(name))) return noIds;",
        put: 'return noIds;',
      },
    ],
  },
  {
    number: 'V10',
    what: 'files of kept rows',
    kind: 'taken-back',
    appliesTo: (given) => isCleanup(given) && (sharesFiles(given) || hasLinks(given)),
    replacements: [
      {
        file: 'core/cleanup/row-files.ts',
        find: "references.keeps(file) === 'named' ? ({ code: 'named' } as const) : ledger.guardOf(file)",
        put: 'ledger.guardOf(file)',
      },
      {
        file: 'core/cleanup/disk-budget.ts',
        find: '&& references.keeps(file) === undefined,',
        put: '&& !ledger.isGoing(file),',
      },
      {
        file: 'core/cleanup/expiry.ts',
        find: "if (!ledger.isStore(file) && references.keeps(file) !== 'named')",
        put: 'if (!ledger.isStore(file))',
      },
    ],
  },
  {
    number: 'V10',
    what: 'moved stores',
    kind: 'taken-back',
    appliesTo: (given) => isCleanup(given) && sessionFiles(given).some((name) => /^\/(?:old|nowhere)\//.test(name)),
    replacements: [
      {
        file: 'core/transcript-path.ts',
        find: "return beside.endsWith('.jsonl') && lookUp(beside) !== undefined ? beside : undefined;",
        put: 'return (beside, lookUp, undefined);',
      },
    ],
  },
  {
    number: 'V10',
    what: 'relative checkpoints',
    kind: 'taken-back',
    appliesTo: (given) =>
      isCleanup(given) &&
      entriesOf(given).some((row) => /"sessionFile":"[^$/]/.test(JSON.stringify(row['compactionCheckpoints'] ?? null))),
    replacements: [
      {
        file: 'stores/json/cleanup-snapshot.ts',
        find: 'const file = resolveTranscriptPath({ sessionFile }, folder, lookUp);',
        put: "const file = typeof sessionFile !== 'string' || !path.isAbsolute(sessionFile) ? undefined : resolveTranscriptPath({ sessionFile }, folder, lookUp);",
      },
    ],
  },
  {
    number: 'V10',
    what: 'folders that a row names',
    kind: 'taken-back',
    appliesTo: (given) =>
      isCleanup(given) &&
      (fileNames(given).some((name) => name.includes('.jsonl/')) || sessionFiles(given).includes('.')),
    replacements: [
      {
        file: 'stores/json/cleanup-snapshot.ts',
        find: 'return relative === undefined || !isFile(relative, folder) ? [] : [relative];',
        put: 'return relative === undefined ? [] : [(isFile, relative)];',
      },
      { file: 'files/file-steps.ts', find: "if (!stat.isFile()) return { code: 'changed' };", put: '' },
    ],
  },
  {
    number: 'V13',
    what: 'control characters in text',
    kind: 'taken-back',
    appliesTo: (given) => isPiped(given) && given.state.stores.flatMap(rowsOf).some(([key]) => hasControls(key)),
    replacements: [
      {
        file: 'core/printable.ts',
        find: 'return text.replace(/[\\x00',
        put: 'return text; text.replace(/[\\x00',
      },
      { file: 'core/printable.ts', find: "return printable(text).replace(/\\n/g, '\\\\n');", put: 'return text;' },
    ],
  },
  {
    number: 'V14',
    what: 'the active key is compared without case',
    kind: 'taken-back',
    appliesTo: (given) => isCleanup(given) && hasOddActiveKey(given),
    replacements: [
      {
        file: 'core/cleanup/protection.ts',
        find: 'if (activeKey !== undefined && comparableKey(key) === activeKey)',
        put: 'if (activeKey !== undefined && key === activeKey)',
      },
      {
        file: 'core/cleanup/policy.ts',
        find: "    activeKey: comparableKey(flags.activeKey ?? '') || undefined,",
        put: "    activeKey: comparableKey(flags.activeKey ?? '') || undefined, typedKey: flags.activeKey,",
      },
      {
        file: 'core/cleanup/choose.ts',
        find: 'if (policy.activeKey !== undefined && comparableKey(key) === policy.activeKey) return false;',
        put: 'if (key === policy.typedKey) return false;',
      },
      {
        file: 'core/cleanup/plan.ts',
        find: "choices: chosen.choices.filter(({ action }) => action === 'keep'),",
        put: "choices: chosen.choices.filter(({ action }) => action === 'keep').map((each) => each.row.key.trim().toLowerCase() === policy.activeKey ? { ...each, protection: 'active-key' } : each),",
      },
    ],
  },
  {
    number: 'V15',
    what: 'paths that climb out',
    kind: 'taken-back',
    appliesTo: (given) => sessionFiles(given).some((name) => name.includes('/../')),
    replacements: [
      {
        file: 'core/transcript-path.ts',
        find: 'return resolved === folder.dir || isInside(folder.dir, resolved) ? resolved : undefined;',
        put: "return named.startsWith('..') ? undefined : resolved;",
      },
    ],
  },
  {
    number: 'V16',
    what: 'young files',
    kind: 'taken-back',
    appliesTo: (given) =>
      isCleanup(given) &&
      given.state.stores.some(
        ({ path, files }) =>
          files.some(({ ageMs }) => ageMs < 5 * 60_000) || (path.endsWith('.jsonl') && prunesAtOnce(given)),
      ),
    replacements: [
      {
        file: 'core/cleanup/ledger.ts',
        find: 'export const graceMs = 5 * 60_000;',
        put: 'export const graceMs = -Infinity;',
      },
    ],
  },
  {
    number: 'V16',
    what: 'transcripts in use',
    kind: 'taken-back',
    appliesTo: (given) =>
      isCleanup(given) && given.state.stores.some(({ files }) => files.some(({ content }) => isLiveLock(content))),
    replacements: [
      {
        file: 'files/transcript-lock.ts',
        find: 'return isSameProcessRunning(owner, clock.isRunning) ? { path, pid: owner.pid } : undefined;',
        put: 'return undefined;',
      },
    ],
  },
  {
    number: 'V20',
    what: 'archives of the run expire in it',
    kind: 'taken-back',
    appliesTo: (given) => isCleanup(given) && prunesAtOnce(given),
    replacements: [
      {
        file: 'core/cleanup/plan.ts',
        find: 'expireArchives(snapshot, policy, references, ledger);\n',
        put: `expireArchives(snapshot, policy, references, ledger);
    for (const step of purpose === 'preview' ? [] : ledger.steps) {
      if (!snapshot.folder.files.has(step.file) && !step.file.includes('/')) continue;
      if (step.archive !== undefined) ledger.files().delete(step.archive);
      Object.assign(step, { effect: 'delete', archive: undefined });
    }\n`,
      },
    ],
  },
  {
    number: 'V20',
    what: 'stores named as transcripts',
    kind: 'taken-back',
    appliesTo: (given) => isCleanup(given) && given.state.stores.some(({ path }) => path.endsWith('.jsonl')),
    replacements: [
      {
        file: 'core/cleanup/ledger.ts',
        find: 'const isStore = (file: string): boolean => store.names.includes(file);',
        put: 'const isStore = (file: string): boolean => store === undefined && file.length === 0;',
      },
      // The store that it deletes itself is not one that another program has changed.
      { file: 'stores/json/cleanup.ts', find: 'isOverwritten: !isOurs', put: 'isOverwritten: isOurs && !isOurs' },
    ],
  },
  {
    number: 'V19',
    what: 'agents.entries',
    kind: 'avoided',
    appliesTo: (given) =>
      isRecord(configOf(given)?.['agents']) && JSON.stringify(given.state.config).includes('"entries"'),
    ...laterConfig,
  },
  {
    number: 'V21',
    what: 'keys of a later release',
    kind: 'avoided',
    appliesTo: (given) => configOf(given)?.[unknownKey] !== undefined,
    ...laterConfig,
  },
  {
    number: 'V12',
    what: 'secrets in texts without a path',
    kind: 'taken-back',
    appliesTo: (given) => isExport(given) && storedTexts(given).some((text) => maskSecrets(text) !== text),
    replacements: [
      { file: 'core/redaction/redactor.ts', find: 'return maskSecrets(named);', put: 'return named;' },
      { file: 'core/redaction/redactor.ts', find: 'mapTexts(value, maskSecrets, 0)', put: 'value' },
      { file: 'core/redaction/redactor.ts', find: 'uniqueKey(maskSecrets(key), taken)', put: 'key' },
    ],
  },
  {
    number: 'V70',
    what: 'warnings',
    kind: 'taken-back',
    appliesTo: isExport,
    replacements: [{ file: 'core/trajectory/bundle.ts', find: 'warnings: atLeastOne(warnings.list()),', put: '' }],
  },
  {
    number: 'V70',
    what: 'objects without a type',
    kind: 'taken-back',
    appliesTo: (given) => isExport(given) && storedLines(given).some((line) => /^\{"no": "type"\}/.test(line)),
    replacements: [
      {
        file: 'core/transcript/entry.ts',
        find: "if (typeof value['type'] !== 'string') return false;",
        put: '',
      },
    ],
  },
  {
    number: 'V70',
    what: 'lines that end an export',
    kind: 'avoided',
    appliesTo: (given) => isExport(given) && storedLines(given).some(isDeadlyLine),
    holds: ({ reference }) => reference.exitCode === 1 && /Cannot (?:read|create) propert/.test(reference.stderr),
    // Either the bundle is written, or the lines have nothing to do with why not.
    agrees: ({ ours }, rest) =>
      ours.exitCode === 0 || (ours.exitCode === rest.ours.exitCode && ours.stderr === rest.ours.stderr),
    without: (given) =>
      mapContents(given, (text) =>
        text
          .split('\n')
          .filter((line) => !isDeadlyLine(line))
          .join('\n'),
      ),
  },
  {
    number: 'V73',
    what: 'numbers in the paths of a manifest',
    kind: 'taken-back',
    appliesTo: isExport,
    replacements: [
      {
        file: 'core/redaction/redactor.ts',
        find: 'path(original) {\n',
        put: 'path(original) {\n      return text(original);\n',
      },
    ],
  },
  {
    number: 'V75',
    what: 'events of the runtime',
    kind: 'taken-back',
    appliesTo: (given) => isExport(given) && fileNames(given).some((name) => name.endsWith('.trajectory.jsonl')),
    replacements: [
      {
        file: 'core/trajectory/events.ts',
        find: 'const event = sanitizePayload({ ...stored, seq });',
        put: 'const event = { ...stored, seq };',
      },
      {
        file: 'core/trajectory/bundle.ts',
        find: 'redactMembers(members, redacted)',
        put: 'redactMembers(members, (value) => redactor.value(value))',
      },
      {
        file: 'core/trajectory/bundle.ts',
        find: 'systemPromptFile(redacted(systemPrompt))',
        put: 'systemPromptFile(redactor.value(systemPrompt))',
      },
      {
        file: 'core/trajectory/bundle.ts',
        find: 'JSON.stringify(redacted(tools)',
        put: 'JSON.stringify(redactor.value(tools)',
      },
    ],
  },
  {
    number: 'V76',
    what: 'secrets known by the name of their field',
    kind: 'taken-back',
    appliesTo: (given) => isExport(given) && storedTexts(given).some((text) => /cookie/i.test(text)),
    replacements: [
      {
        file: 'core/redaction/redactor.ts',
        find: 'isSecretField(key) ? maskField(member) : ',
        put: '',
      },
    ],
  },
  {
    number: 'V17',
    what: 'blank values',
    kind: 'foretold',
    appliesTo: (given) => !isExport(given) && given.args.some((arg) => arg.trim() === ''),
    holds: (run) =>
      isRefusal(run, 1, /^--(?:agent|store|active-key) must not be blank\n$/m) &&
      isSameFiles(run.ours.files, run.before),
  },
  {
    number: 'V18',
    what: '--active 5m',
    kind: 'foretold',
    appliesTo: ({ args }) => args.includes('--active') && !/^\d+$/.test(args[args.indexOf('--active') + 1]!),
    holds: (run) => isRefusal(run, 1, /^--active must be a positive number of minutes, for example --active 30\.\n$/m),
  },
  {
    number: 'V10',
    what: 'files of rows without a session id',
    kind: 'taken-back',
    appliesTo: (given) =>
      isCleanup(given) &&
      entriesOf(given).some(({ sessionId, sessionFile }) => !sessionId && textOf(sessionFile) !== ''),
    replacements: [
      {
        file: 'core/cleanup/references.ts',
        find: 'for (const file of row.files.own) named.add(file, by);',
        put: 'if (sessionIdOf(row.entry) !== undefined) for (const file of row.files.own) named.add(file, by);',
      },
    ],
  },
  {
    number: 'V10',
    what: 'rows of other stores',
    kind: 'taken-back',
    appliesTo: (given) => isCleanup(given) && given.state.stores.length > 1,
    replacements: [
      {
        file: 'stores/json/cleanup-snapshot.ts',
        find: 'const otherRows = input.others?.rowsNaming(folder, target.path, filesOf) ?? [];',
        put: 'const otherRows = [];',
      },
    ],
  },
  {
    number: 'V10',
    what: 'copied states',
    kind: 'taken-back',
    appliesTo: (given) =>
      isCleanup(given) &&
      (sessionFiles(given).some((name) => /^(?:\/|\$HOME|\.$)|\/\.\.\//.test(name)) || hasLinks(given)),
    replacements: [
      {
        file: 'stores/json/cleanup-snapshot.ts',
        find: 'if (real === undefined || folder.relative(real) !== undefined) return [];',
        put: 'return [];',
      },
    ],
  },
  {
    number: 'V26',
    what: 'what is no store',
    kind: 'foretold',
    appliesTo: (given) => isCleanup(given) && targetsOf(given).some(isNoStore),
    holds: (run) =>
      isRefusal(run, 4, /^Not a session store, nothing in it/m) && isSameFiles(run.ours.files, run.before),
  },
  {
    number: 'V26',
    what: 'lost stores',
    kind: 'foretold',
    appliesTo: isCleanup,
    holds: (run) => {
      const [, store = ''] = lostStore.exec(run.ours.stderr) ?? [];
      const isBeside = (name: string): boolean => folderOf(name) === folderOf(store);
      return (
        isRefusal(run, 4, lostStore) &&
        !(store in run.before) &&
        Object.keys(run.before).some((name) => name.endsWith('.jsonl') && isBeside(name)) &&
        !run.given.state.stores.some((other) => isBeside(other.path) && rowsOf(other).length > 0) &&
        isSameFiles(run.ours.files, run.before)
      );
    },
  },
  {
    number: 'V27',
    what: 'times that are no numbers',
    kind: 'avoided',
    appliesTo: (given) => isList(given) && entriesOf(given).some(({ updatedAt }) => isNoTime(updatedAt)),
    // The rows are the same, but for those that a limit cuts off; only their order is another.
    holds: ({ given, reference, ours }) =>
      ours.exitCode === 0 &&
      isSameFiles(reference.files, ours.files) &&
      (has(given, '--limit') || sortedLines(reference.stdout) === sortedLines(ours.stdout)),
    without: (given) => ({
      ...given,
      state: mapRows(given.state, (row) =>
        isRecord(row) && isNoTime(row['updatedAt']) ? { ...row, updatedAt: 0 } : row,
      ),
    }),
  },
  {
    number: 'V10',
    what: 'sidecars of a linked transcript',
    kind: 'taken-back',
    appliesTo: (given) => isCleanup(given) && hasLinks(given),
    replacements: [
      {
        file: 'stores/json/cleanup-snapshot.ts',
        find: 'const transcripts = new Set([...names, real]);',
        put: 'const transcripts = new Set(real.startsWith(folder.dir + path.sep) ? [(names, real)] : []);',
      },
      { file: 'files/row-sidecars.ts', find: ' || !files.own.some(isSidecarName)', put: '' },
    ],
  },
];

/** The config with all that belongs to the home, read as one value; undefined when there is none of objects. */
function configOf({ state }: Case): Readonly<Record<string, unknown>> | undefined {
  return isRecord(state.config) ? state.config : undefined;
}

function maintenanceOf(given: Case): Readonly<Record<string, unknown>> {
  const session = configOf(given)?.['session'];
  const maintenance = isRecord(session) ? session['maintenance'] : configOf(given)?.['maintenance'];
  return isRecord(maintenance) ? maintenance : {};
}

/** Everything older than now. */
function prunesAtOnce(given: Case): boolean {
  const { pruneAfter } = maintenanceOf(given);
  return (typeof pruneAfter === 'string' || typeof pruneAfter === 'number') && parseDurationMs(pruneAfter) === 0;
}

/** An active key that is no key in its plain form, or keys of rows that are not. */
function hasOddActiveKey(given: Case): boolean {
  const key = given.args[given.args.indexOf('--active-key') + 1] ?? '';
  return has(given, '--active-key') && [key, ...keysOf(given)].some((each) => each !== comparableKey(each));
}

const keysOf = ({ state }: Case): readonly string[] => state.stores.flatMap(rowsOf).map(([key]) => key);

/** In a config of a later release, what 2026.5.12 does not know, as it would have to be written for it. */
function withoutLater(given: Case): Case {
  const without = (value: unknown, name: string): object =>
    Object.fromEntries(Object.entries(value as object).filter(([each]) => each !== name));
  const { agents, session, ...rest } = configOf(given) ?? {};
  const { entries } = isRecord(agents) ? agents : {};
  const list = isRecord(entries) ? Object.entries(entries).map(([id, agent]) => ({ id, ...(agent as object) })) : [];
  const config = {
    ...without(rest, unknownKey),
    ...(agents === undefined ? {} : { agents: isRecord(entries) ? { ...without(agents, 'entries'), list } : agents }),
    ...(session === undefined ? {} : { session: without(session, unknownKey) }),
  };
  return { ...given, state: { ...given.state, config } };
}

const isConfigFile = (name: string): boolean => /^\.openclaw\/(?:openclaw\.json|parts\/.*)$/.test(name);

const withoutConfig = (files: Outcome['files']): Outcome['files'] =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !isConfigFile(name)));

/** Two rows of one store, or a row and a pointer or checkpoint, may name one file. */
function sharesFiles(given: Case): boolean {
  return given.state.stores.some((store) => rowsOf(store).length > 1);
}

function hasLinks({ state }: Case): boolean {
  const files = state.stores.flatMap((store) => store.files).concat(state.files);
  return files.some(({ content }) => typeof content === 'object');
}

const lostStore =
  /^Session store does not exist, but there (?:is 1 transcript|are \d+ transcripts) beside it: \$HOME\/(.+)$/m;

/** Objects, and nothing like a session among them. */
function isNoStore(store: StoreState): boolean {
  return (
    rowsOf(store).length > 0 &&
    rowsOf(store).every(
      ([key, row]) => !key.includes(':') && !/"(?:sessionId|updatedAt|sessionFile)":/.test(JSON.stringify(row)),
    )
  );
}

const isExportsFolder = (name: string): boolean => /(?:^|\/)\.openclaw(?:\/trajectory-exports)?$/.test(name);

/** The texts of the files beside the stores, escapes of JSON resolved. */
function storedTexts(given: Case): readonly string[] {
  return storedLines(given).map((line) => line.replaceAll('\\"', '"').replaceAll('\\n', '\n'));
}

function storedLines({ state }: Case): readonly string[] {
  return state.stores.flatMap(({ files }) =>
    files.flatMap(({ content }) => (typeof content === 'string' ? content.split('\n') : [])),
  );
}

/** A line on which the reference ends an export: no object, or a message without a message. */
function isDeadlyLine(line: string): boolean {
  return /^\s*(?:null|42|"text")\s*$/.test(line) || /^\{"type": "message", "id": "m"/.test(line);
}

function mapContents(given: Case, change: (text: string) => string): Case {
  const mapFile = (file: FileState): FileState =>
    typeof file.content === 'string' ? { ...file, content: change(file.content) } : file;
  const { state } = given;
  return {
    ...given,
    state: {
      ...state,
      stores: state.stores.map((store) => ({ ...store, files: store.files.map(mapFile) })),
      files: state.files.map(mapFile),
    },
  };
}
