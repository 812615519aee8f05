import path from 'node:path';
import { type CleanupPlan, planCleanup } from '../../core/cleanup/plan.ts';
import { settlePolicy } from '../../core/cleanup/policy.ts';
import type { UndoneStep } from '../../core/cleanup/steps.ts';
import { chooseDeleted, type WantedRows } from '../../core/manage/choose-deleted.ts';
import { followLinks } from '../../files/follow-links.ts';
import { type StoreLockOptions, withStoreLock } from '../../files/store-lock.ts';
import { sessionsFolderOf } from '../../files/transcript-path.ts';
import type { StoreTarget } from '../types.ts';
import { type ApplyEvents, applyCleanup } from './cleanup.ts';
import { holdStoreFor, type JsonCleanupInput, takeSnapshot } from './cleanup-snapshot.ts';
import type { OtherStores } from './other-stores.ts';

export interface DeleteInput extends Pick<StoreLockOptions, 'isRunning'> {
  readonly target: StoreTarget;
  readonly stateDir: string;
  readonly wanted: WantedRows;
  /** Whose rows may name the same transcripts. */
  readonly others?: OtherStores;
  /** Milliseconds since epoch. */
  readonly now: () => number;
}

/** What became of one row. */
export type DeletedRow =
  | {
      readonly state: 'deleted';
      /** Absolute paths of the archived transcripts. */
      readonly archived: readonly string[];
    }
  /** It was not there any more. */
  | { readonly state: 'gone' }
  /** It has another session than the one that was looked at. */
  | { readonly state: 'changed' }
  /** The runtime holds its transcript. */
  | { readonly state: 'in-use'; readonly pid: number | undefined }
  /** It was deleted, and another program has written it back. */
  | { readonly state: 'overwritten' };

export interface DeleteOutcome {
  readonly rows: ReadonlyMap<string, DeletedRow>;
  /** Files that should have been archived and were not. */
  readonly undone: readonly UndoneStep[];
}

/** What `deleteRows` would make of these rows. Writes nothing and takes no lock. */
export function previewDeletion(input: DeleteInput): ReadonlyMap<string, DeletedRow> {
  using store = holdStoreFor(input);
  const { snapshot, chosen } = takeSnapshot({ ...cleanupInput(input), store, purpose: 'apply' });
  const plan = planCleanup({ snapshot, chosen, policy, purpose: 'apply' });
  return statesOf(input, plan, { keysNow: new Set(), undone: [] });
}

/**
 * Deletes rows of a JSON store, with the means of the cleanup: under its lock, in one replacement of the store, only if it
 * is still the one that was read, transcripts archived after it as `.deleted.<time>`. Nothing else in the folder changes.
 *
 * @throws SessionsError as `withStoreLock` and `applyCleanup`; the store is then as it was
 */
export async function deleteRows(
  input: DeleteInput,
  lockOptions: StoreLockOptions,
  events: ApplyEvents,
): Promise<DeleteOutcome> {
  const { path: storePath } = input.target;
  const { plan, undone } = await withStoreLock(followLinks(storePath), lockOptions, (lock) =>
    applyCleanup(cleanupInput(input), lock, events),
  );
  return { rows: statesOf(input, plan, { keysNow: readKeys(input), undone }), undone };
}

/** With mode "warn" a cleanup does only what it is asked for: no ages, no cap, no budget, no artifacts. */
const policy = settlePolicy({ maintenance: { mode: 'warn' } }, {});

function cleanupInput({ wanted, ...input }: DeleteInput): JsonCleanupInput {
  return { ...input, policy, choose: (rows) => chooseDeleted(rows, wanted) };
}

function statesOf(
  { target, stateDir, wanted }: DeleteInput,
  plan: CleanupPlan,
  after: { readonly keysNow: ReadonlySet<string>; readonly undone: readonly UndoneStep[] },
): ReadonlyMap<string, DeletedRow> {
  const { dir } = sessionsFolderOf(target.path, stateDir);
  const undoneFiles = new Set(after.undone.map(({ step }) => step.file));
  const planned = new Map(plan.rows.map((row) => [row.row.key, row]));
  const stateOf = (key: string): DeletedRow => {
    const row = planned.get(key);
    if (row === undefined) return { state: 'gone' };
    if (row.heldBack !== undefined) return { state: 'in-use', pid: row.row.files.lock?.pid };
    if (row.action === 'keep') return { state: 'changed' };
    if (after.keysNow.has(key)) return { state: 'overwritten' };
    const steps = plan.steps.filter((step) => step.key === key && !undoneFiles.has(step.file));
    return { state: 'deleted', archived: steps.map(({ archive = '' }) => path.join(dir, archive)) };
  };
  return new Map([...wanted.keys()].map((key) => [key, stateOf(key)]));
}

function readKeys(input: DeleteInput): ReadonlySet<string> {
  using store = holdStoreFor(input);
  return new Set(store.rows.map(({ key }) => key));
}
