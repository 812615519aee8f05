import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CleanupFlags, settlePolicy } from '../../src/core/cleanup/policy.ts';
import type { CleanupPlan } from '../../src/core/cleanup/plan.ts';
import type { FileStep } from '../../src/core/cleanup/steps.ts';
import { normalizeEntry, settleEntry } from '../../src/core/entry.ts';
import { isJsonObject } from '../../src/core/json.ts';
import { applyCleanup, type CleanupOutcome } from '../../src/stores/json/cleanup.ts';
import { previewCleanup } from '../../src/stores/json/cleanup-preview.ts';
import type { JsonCleanupInput } from '../../src/stores/json/cleanup-snapshot.ts';
import type { JsonReadOptions } from '../../src/stores/json/open.ts';
import { scratchFolder, treeState } from '../helpers/scratch.ts';
import { dayMs } from '../helpers/sessions-home.ts';
import { buildHome } from '../conformance/home.ts';
import { rowsOf, type StoreState } from '../conformance/state.ts';
import { sessionIds, sessionKey, storeState } from '../conformance/states.ts';
import { isThorough } from '../helpers/thorough.ts';

/** A made-up store with what lies in its folder, and how it is cleaned up. */
interface State {
  readonly store: StoreState;
  readonly maintenance: Readonly<Record<string, unknown>>;
  readonly flags: CleanupFlags;
  /** Forces one of the two ways of reading the store. */
  readonly read: JsonReadOptions;
}

const storePath = 'agents/main/sessions/sessions.json';
const key = fc.oneof(sessionKey('main', true), fc.string());

/** What has rows but none of a session is refused (V26); so is what is no store (V2). */
const store = storeState(storePath, 'main', {
  entries: 'cleanup',
  files: true,
  maxRows: 12,
  oddStores: 0,
  controls: true,
}).map((made): StoreState => {
  const rows = rowsOf(made);
  const more: typeof rows =
    rows.length === 0 ? rows : [...rows, ['agent:main:telegram:group:s', { updatedAt: { $ago: 0 } }]];
  return { ...made, content: { form: 'compact', rows: more } };
});

const state = (budget: boolean): fc.Arbitrary<State> =>
  fc.record({
    store,
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
  /** As they were stored. */
  readonly rows: readonly (readonly [key: string, entry: unknown])[];
  /** Files in the folder and below, but for links. */
  readonly files: readonly string[];
  readonly input: JsonCleanupInput;
}

function make({ store: content, maintenance, flags, read }: State): Made {
  const root = scratchFolder();
  const { nowMs } = buildHome(root, { config: undefined, stores: [content], files: [] }, madeAtMs);
  const file = path.join(root, storePath);
  const dir = path.dirname(file);
  fs.writeFileSync(path.join(root, 'agents/main/outside.jsonl'), 'outside');
  // For a store that was written a moment ago a cleanup waits a little.
  fs.utimesSync(file, (nowMs - dayMs) / 1000, (nowMs - dayMs) / 1000);
  const entries = fs.readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  // The walk goes through a linked folder too: each file has one name.
  const files = entries.map(({ parentPath, name }) => path.join(fs.realpathSync(parentPath), name));
  return {
    root,
    dir,
    store: file,
    rows: readRows(file),
    files: [...new Set(files.map((each) => path.relative(dir, each)))],
    input: {
      target: { agentId: 'main', path: file },
      stateDir: root,
      policy: settlePolicy({ maintenance }, flags),
      now: () => nowMs,
      isRunning: () => false,
      read,
    },
  };
}

/** One moment for all: two homes of one state are the same. */
const madeAtMs = Date.now();

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
    { numRuns: isThorough ? 1500 : 40 },
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
  holds(state(true), async (made) => {
    const { plan } = await apply(made);
    const gone = new Set(removedKeys(plan));
    const expected = made.rows
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
  holds(state(true), async (made) => {
    const { plan, undone } = await apply(made);
    expect(undone).toEqual([]);
    const deleted = new Set(plan.steps.filter(({ effect }) => effect === 'delete').map(({ file }) => file));
    for (const name of made.files) {
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
    const written = ({ root, store: file }: Made): string => fs.readFileSync(file, 'utf8').replaceAll(root, '');
    expect(written(other)).toBe(written(made));
    fs.rmSync(other.root, { recursive: true });
  }));

test('a row that takes the short way to its files has the same as one that takes the long', () =>
  holds(state(false), (made, given) => {
    // Whoever has a list of checkpoints takes the long way, though there is nothing in it.
    const content: StoreState['content'] = {
      form: 'compact',
      rows: rowsOf(given.store).map(([each, value]) =>
        isJsonObject(value) && value['compactionCheckpoints'] === undefined
          ? ([each, { ...value, compactionCheckpoints: [] }] as const)
          : ([each, value] as const),
      ),
    };
    const long = make({ ...given, store: { ...given.store, content } });
    for (const { dir } of [made, long]) {
      for (const [link, target] of [
        [`${sessionIds[1]!}.jsonl`, `${sessionIds[2]!}.jsonl`],
        [`${sessionIds[3]!}.jsonl`, '../outside.jsonl'],
        [`${sessionIds[4]!}.trajectory.jsonl`, 'notes.txt'],
      ] as const) {
        // A link of the state's own may lead nowhere: it is there all the same.
        if (!fs.lstatSync(path.join(dir, link), { throwIfNoEntry: false })) {
          fs.symlinkSync(target, path.join(dir, link));
        }
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
