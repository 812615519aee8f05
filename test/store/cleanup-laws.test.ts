import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CleanupFlags, settlePolicy } from '../../src/core/cleanup/policy.ts';
import type { CleanupPlan } from '../../src/core/cleanup/plan.ts';
import type { FileStep } from '../../src/core/cleanup/steps.ts';
import { normalizeEntry, settleEntry } from '../../src/core/entry.ts';
import { isJsonObject } from '../../src/core/json.ts';
import {
  applyCleanup,
  type CleanupOutcome,
  type JsonCleanupInput,
  previewCleanup,
} from '../../src/stores/json/cleanup.ts';
import type { JsonReadOptions } from '../../src/stores/json/open.ts';
import { scratchFolder, treeState } from '../helpers/scratch.ts';
import { dayMs } from '../helpers/sessions-home.ts';
import { isThorough } from '../helpers/thorough.ts';

/** A row of a made-up store, and what lies in its folder. */
interface State {
  readonly rows: readonly (readonly [key: string, entry: unknown])[];
  readonly files: readonly (readonly [name: string, ageMs: number, bytes: number])[];
  readonly maintenance: Readonly<Record<string, unknown>>;
  readonly flags: CleanupFlags;
  /** Forces one of the two ways of reading the store. */
  readonly read: JsonReadOptions;
}

const nowMs = Date.now();
const sessionId = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g-topic-1', 'A.b');
const key = fc.oneof(
  fc.constantFrom(
    'agent:main:main',
    'agent:main:telegram:group:1',
    'agent:main:direct:p',
    'agent:main:x:direct:p',
    '__proto__',
    '7',
    'agent:main:cron:j',
    'agent:main:t:thread:1',
    'constructor',
    '',
  ),
  fc.string(),
);
const age = fc.oneof(fc.integer({ min: 0, max: 600_000 }), fc.integer({ min: 0, max: 90 * dayMs }));
const entry = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record(
      {
        sessionId,
        updatedAt: age.map((ms) => nowMs - ms),
        sessionFile: fc.oneof(
          sessionId.map((id) => `${id}.jsonl`),
          fc.constantFrom('sub/t.jsonl', '../out.jsonl', 'sessions.json', 'a-topic-5.jsonl', '/old/sessions/b.jsonl'),
        ),
        chatType: fc.constantFrom('group', 'direct'),
        lastChannel: fc.constantFrom('telegram', ' Lark ', ''),
        lastTo: fc.constantFrom('1', ' 2 '),
        model: fc.constantFrom('m', ' m '),
        unknown: fc.jsonValue({ maxDepth: 1 }),
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 'text', 5, []) },
);
const fileName = fc.oneof(
  { weight: 4, arbitrary: sessionId.map((id) => `${id}.jsonl`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(sessionId, fc.constantFrom('.trajectory.jsonl', '.trajectory-path.json', '-topic-5.jsonl', '.jsonl.lock'))
      .map((parts) => parts.join('')),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'orphan.jsonl',
      'sub/t.jsonl',
      'notes.txt',
      'x.jsonl.deleted.2020-01-01T00-00-00.000Z',
      'x.jsonl.reset.2020-01-01T00-00-00.000Z',
      'x.checkpoint.11111111-1111-4111-8111-111111111111.jsonl',
    ),
  },
);

const state = (budget: boolean): fc.Arbitrary<State> =>
  fc.record({
    rows: fc
      .uniqueArray(fc.tuple(key, entry), { selector: ([each]) => each, maxLength: 12 })
      // What has rows but none of a session is refused (V26).
      .map((rows) => (rows.length === 0 ? rows : [...rows, ['agent:main:telegram:group:s', { updatedAt: nowMs }]])),
    files: fc.uniqueArray(fc.tuple(fileName, age, fc.integer({ min: 0, max: 300 })), {
      selector: ([name]) => name,
      maxLength: 14,
    }),
    maintenance: fc.record(
      {
        pruneAfter: fc.constantFrom('30d', '7d', '1h'),
        maxEntries: fc.integer({ min: 1, max: 8 }),
        resetArchiveRetention: fc.constantFrom<unknown>(false, '1d'),
        ...(budget ? { maxDiskBytes: fc.constantFrom(0, 500, 1500), highWaterBytes: fc.constantFrom(0, 400) } : {}),
      },
      { requiredKeys: [] },
    ),
    flags: fc.record({ fixMissing: fc.boolean(), fixDmScope: fc.boolean(), activeKey: key }, { requiredKeys: [] }),
    read: fc.constantFrom({ scanFromBytes: Infinity, chunkBytes: 0 }, { scanFromBytes: 0, chunkBytes: 61 }),
  });

interface Made {
  readonly root: string;
  readonly dir: string;
  readonly store: string;
  readonly input: JsonCleanupInput;
}

function make({ rows, files, maintenance, flags, read }: State): Made {
  const root = scratchFolder();
  const dir = path.join(root, 'agents/main/sessions');
  fs.mkdirSync(path.join(dir, 'sub'), { recursive: true });
  fs.writeFileSync(path.join(root, 'agents/main/out.jsonl'), 'outside');
  for (const [name, ageMs, bytes] of files) {
    fs.writeFileSync(path.join(dir, name), 'x'.repeat(bytes));
    fs.utimesSync(path.join(dir, name), (nowMs - ageMs) / 1000, (nowMs - ageMs) / 1000);
  }
  const store = path.join(dir, 'sessions.json');
  fs.writeFileSync(store, JSON.stringify(Object.fromEntries(rows)));
  // For a store that was written a moment ago a cleanup waits a little.
  fs.utimesSync(store, (nowMs - dayMs) / 1000, (nowMs - dayMs) / 1000);
  const policy = settlePolicy({ maintenance }, flags);
  return {
    root,
    dir,
    store,
    input: {
      target: { agentId: 'main', path: store },
      stateDir: root,
      policy,
      now: () => nowMs,
      isRunning: () => false,
      read,
    },
  };
}

const noLock = { unfinished: undefined, setUnfinished: () => undefined };
const noEvents = { onStep: () => undefined, onReplan: () => undefined, safePoint: () => undefined };

function apply({ input }: Made): Promise<CleanupOutcome> {
  return applyCleanup(input, noLock, noEvents);
}

const readRows = (store: string): [string, unknown][] =>
  Object.entries(JSON.parse(fs.readFileSync(store, 'utf8')) as object);
const removedKeys = ({ rows }: CleanupPlan): string[] =>
  rows.filter(({ action }) => action !== 'keep').map(({ row }) => row.key);
const named = (steps: readonly FileStep[]): string[] => steps.map(({ effect, file }) => `${effect} ${file}`).sort();

function holds(arbitrary: fc.Arbitrary<State>, law: (made: Made, given: State) => Promise<void> | void): Promise<void> {
  return fc.assert(
    fc.asyncProperty(arbitrary, async (given) => {
      const made = make(given);
      try {
        await law(made, given);
      } finally {
        fs.rmSync(made.root, { recursive: true });
      }
    }),
    { numRuns: isThorough ? 1500 : 60 },
  );
}

test('a preview leaves the tree as it was', () =>
  holds(state(true), ({ root, input }) => {
    const before = treeState(root);
    previewCleanup(input);
    expect(treeState(root)).toEqual(before);
  }));

test('preview and applied run remove the same rows and files', () =>
  holds(state(false), async (made) => {
    const preview = previewCleanup(made.input);
    const { plan } = await apply(made);
    expect(removedKeys(plan)).toEqual(removedKeys(preview));
    expect(named(plan.steps)).toEqual(named(preview.steps));
  }));

test('under a disk budget, an applied run removes nothing that the preview does not name', () =>
  holds(state(true), async (made) => {
    const preview = previewCleanup(made.input);
    const { plan } = await apply(made);
    // A file that a preview sees under its old name may be an archive by the time it is deleted.
    const touched = new Set(preview.steps.map(({ file }) => file.replace(/\.deleted\.[^/]*$/, '')));
    expect(removedKeys(preview)).toEqual(expect.arrayContaining(removedKeys(plan)));
    expect(plan.steps.filter(({ file }) => !touched.has(file.replace(/\.deleted\.[^/]*$/, '')))).toEqual([]);
  }));

test('a kept row is its normalised entry, to the byte', () =>
  holds(state(true), async (made, { rows }) => {
    const { plan } = await apply(made);
    const gone = new Set(removedKeys(plan));
    const stored = Object.entries(Object.fromEntries(rows));
    const expected = stored
      .filter(([each]) => !gone.has(each))
      .map(([each, value]) => [each, settleEntry(normalizeEntry(value))]);
    expect(JSON.stringify(readRows(made.store))).toBe(JSON.stringify(expected));
    expect(fs.readFileSync(made.store, 'utf8')).toBe(JSON.stringify(Object.fromEntries(expected), null, 2));
  }));

test('nothing outside the sessions folder changes', () =>
  holds(state(true), async (made) => {
    const outside = (): [string, string][] =>
      Object.entries(treeState(made.root)).filter(([name]) => !name.startsWith('agents/main/sessions'));
    const before = outside();
    await apply(made);
    expect(outside()).toEqual(before);
  }));

test('a second run removes nothing more', () =>
  holds(state(false), async (made) => {
    await apply(made);
    const { plan } = await apply(made);
    expect(removedKeys(plan)).toEqual([]);
    // Old archives expire in folders that receive new ones; a run without any looks into the sessions folder.
    expect(plan.steps.filter(({ why }) => why !== 'archive-expired')).toEqual([]);
  }));

test('stale, cap and budget never remove the active key', () =>
  holds(state(true), async (made, { flags }) => {
    const { plan } = await apply(made);
    const active = plan.rows.find(({ row }) => row.key === flags.activeKey && flags.activeKey.trim() !== '');
    expect(['keep', 'prune-missing']).toContain(active?.action ?? 'keep');
  }));

test('every file that is gone is an archive now, or a step names it', () =>
  holds(state(true), async (made, { files }) => {
    const { plan, undone } = await apply(made);
    expect(undone).toEqual([]);
    const deleted = new Set(plan.steps.filter(({ effect }) => effect === 'delete').map(({ file }) => file));
    for (const [name] of files) {
      if (fs.existsSync(path.join(made.dir, name))) continue;
      const archived = plan.steps.find(({ effect, file }) => effect === 'archive' && file === name)?.archive;
      expect(
        deleted.has(name) ||
          (archived !== undefined && (deleted.has(archived) || fs.existsSync(path.join(made.dir, archived)))),
      ).toBe(true);
    }
  }));

test('a store that is scanned is planned and written as one that is parsed', () =>
  holds(state(true), async (made, given) => {
    const other = make({
      ...given,
      read: { scanFromBytes: made.input.read?.scanFromBytes === 0 ? Infinity : 0, chunkBytes: 61 },
    });
    const plans = [previewCleanup(made.input), (await apply(made)).plan];
    const others = [previewCleanup(other.input), (await apply(other)).plan];
    const known =
      ({ root }: Made) =>
      ({ rows, ...plan }: CleanupPlan): string =>
        JSON.stringify({
          ...plan,
          rows: rows.map(({ row, ...planned }) => ({ ...planned, key: row.key, bytes: row.bytes })),
        }).replaceAll(root, '');
    expect(others.map(known(other))).toEqual(plans.map(known(made)));
    expect(fs.readFileSync(other.store, 'utf8')).toBe(fs.readFileSync(made.store, 'utf8'));
    fs.rmSync(other.root, { recursive: true });
  }));

test('a row that takes the short way to its files has the same as one that takes the long', () =>
  holds(state(false), (made, given) => {
    // Whoever has a list of checkpoints takes the long way, though there is nothing in it.
    const rows = given.rows.map(([each, value]) =>
      isJsonObject(value) ? ([each, { ...value, compactionCheckpoints: [] }] as const) : ([each, value] as const),
    );
    const long = make({ ...given, rows });
    for (const { dir } of [made, long]) {
      for (const [link, target] of [
        ['e.jsonl', 'f.jsonl'],
        ['d.jsonl', '../out.jsonl'],
        ['c.trajectory.jsonl', 'notes.txt'],
      ] as const) {
        if (!fs.existsSync(path.join(dir, link))) fs.symlinkSync(target, path.join(dir, link));
      }
    }
    const known = ({ input, root }: Made): string => {
      const { rows: planned, ...plan } = previewCleanup(input);
      const seen = planned.map(({ row, action, protection, rank }) => [
        row.key,
        action,
        protection,
        rank,
        row.files.path,
        row.files.exists,
      ]);
      return JSON.stringify({ ...plan, seen }).replaceAll(root, '');
    };
    expect(known(long)).toBe(known(made));
    fs.rmSync(long.root, { recursive: true });
  }));

test('what the report says is gone is what is gone', () =>
  holds(state(true), async (made) => {
    const { plan, appliedCount, isOverwritten } = await apply(made);
    expect(isOverwritten).toBe(false);
    expect(appliedCount).toBe(plan.rows.length - removedKeys(plan).length);
    const left = readRows(made.store).map(([each]) => each);
    expect(left.filter((each) => removedKeys(plan).includes(each))).toEqual([]);
  }));
