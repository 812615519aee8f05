import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CleanupPlan } from '../../core/cleanup/plan.ts';
import { planCleanup } from '../../core/cleanup/plan.ts';
import { createReferences } from '../../core/cleanup/references.ts';
import type { FileStep, UndoneStep } from '../../core/cleanup/steps.ts';
import { storeBlocks } from '../../core/cleanup/store-text.ts';
import { normalizeEntry, settleEntry } from '../../core/entry.ts';
import { isJsonObject } from '../../core/json.ts';
import { classifyName, parseArchiveName } from '../../core/transcript-names.ts';
import { isInside } from '../../core/transcript-path.ts';
import { SessionsError } from '../../errors.ts';
import { followLinks, isLeftOver, removeQuietly, replaceFile, type ReplaceOptions } from '../../files/atomic-write.ts';
import { performSteps, type StepProgress } from '../../files/file-steps.ts';
import { isLeftOverLock, type StoreLock } from '../../files/store-lock.ts';
import { holdStoreFor, type SnapshotInput, type TakenSnapshot, takeSnapshot } from './cleanup-snapshot.ts';
import type { HeldStore } from './held-store.ts';
import { isInPlace, isSame, isUnchanged } from './unchanged.ts';

/** What an applied cleanup did to one store. */
export interface CleanupOutcome {
  /** The plan that was carried out. */
  readonly plan: CleanupPlan;
  /** Steps of the plan that were not done. */
  readonly undone: readonly UndoneStep[];
  /** Entries in the store when it was read again afterwards. */
  readonly appliedCount: number;
  /** Another program has written the store since we did. */
  readonly isOverwritten: boolean;
  /** Files that an earlier run had left to do, and this one did. */
  readonly finishedFiles: number;
}

export type JsonCleanupInput = Omit<SnapshotInput, 'purpose' | 'store'>;

export interface ApplyEvents {
  onStep(progress: StepProgress): void;
  /** The store was changed by another program after it was read; everything begins again. */
  onReplan(): void;
  /** Throws where the work may stop. */
  safePoint(): void;
}

/** How often a store may change under us before we give up. */
const maxAttempts = 5;

/** Plans what a cleanup would do. Writes nothing and takes no lock. */
export function previewCleanup(input: JsonCleanupInput): CleanupPlan {
  using store = holdStoreFor(input);
  const { snapshot, chosen } = takeSnapshot({ ...input, store, purpose: 'preview' });
  return planCleanup({ snapshot, chosen, policy: input.policy, purpose: 'preview' });
}

/**
 * Cleans up one JSON store, whose lock is held.
 *
 * In order: finishes what a run that was killed had left to do; reads the store, plans, writes the store when its text
 * changes, and only then archives and deletes files; reads the store again. The store is replaced only if it is still
 * the one that was read: else everything is read and planned again, a few times. Files come after the store, so that a
 * plan that is thrown away has touched nothing; what they are is left in the lock before, so that a run that dies in
 * between is finished by the next (docs/decisions/0021-store-before-files.md).
 *
 * @param read the store as it was held before the lock was had; used, and disposed of, when it is still the same
 * @throws SessionsError STORE_DAMAGED, STORE_UNREADABLE, STORE_BUSY, FILE_FAILED, INTERRUPTED; the store is then as it
 *   was
 */
export async function applyCleanup(
  input: JsonCleanupInput,
  lock: StoreLock,
  events: ApplyEvents,
  read?: HeldStore,
): Promise<CleanupOutcome> {
  const storeFile = followLinks(input.target.path);
  const finishedFiles = await finishUnfinished(input, lock);
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    events.safePoint();
    const done = await unlessBusy(() =>
      tryCleanup(input, storeFile, attempt === 1 ? { read } : undefined, lock, events),
    );
    if (done !== undefined) return { ...done, finishedFiles };
    events.onReplan();
  }
  throw new SessionsError(
    'STORE_BUSY',
    `Session store is being changed by another program: ${input.target.path}; it was read and planned ${maxAttempts} times`,
    { hint: 'Nothing was changed. Try again later, or stop the Gateway first.', details: { path: input.target.path } },
  );
}

/**
 * @param first with the store as it was held before, on the first attempt
 * @returns undefined when the store was changed meanwhile, and nothing is done
 */
async function tryCleanup(
  input: JsonCleanupInput,
  storeFile: string,
  first: { readonly read: HeldStore | undefined } | undefined,
  lock: StoreLock,
  events: ApplyEvents,
): Promise<Omit<CleanupOutcome, 'finishedFiles'> | undefined> {
  const read = first?.read;
  using store = read !== undefined && isUnchanged(storeFile, read) ? read : holdStoreFor(input);
  const taken = takeCleanSnapshot({ ...input, store, purpose: 'apply' }, storeFile);
  const plan = planCleanup({ ...taken, policy: input.policy, purpose: 'apply' });
  events.safePoint();
  if (first !== undefined && (await isBeingWritten(storeFile, store, plan.nowMs))) return undefined;
  const written = writeStore(storeFile, store, taken, plan, lock);
  if (written === undefined) return undefined;
  const clock = { nowMs: plan.nowMs, isRunning: input.isRunning };
  const undone = await performSteps(taken.folder.dir, plan.steps, clock, events.onStep.bind(events));
  callOff(lock);
  return { plan, undone, ...readAgain(input, written, store, plan) };
}

/** A store that is written in place is not what was read, like one that was replaced. */
async function unlessBusy<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isBusy(error)) return undefined;
    throw error;
  }
}

/**
 * Gives way to a program that writes the store over and over: after a change a moment ago, waits a little for the next
 * one. Right after it, with everything read again, is when the following one is furthest away.
 */
async function isBeingWritten(storeFile: string, store: HeldStore, nowMs: number): Promise<boolean> {
  if (store.state === 'absent' || nowMs - store.stat.mtimeMs > recentMs) return false;
  for (let waitedMs = 0; waitedMs < giveWayMs; waitedMs += pollMs) {
    await sleep(pollMs);
    if (!isInPlace(storeFile, store)) return true;
  }
  return false;
}

const recentMs = 1000;
const giveWayMs = 30;
const pollMs = 2;

/** The kept rows as they are written: normalised, and settled once more, as an applied run of the reference does. */
function* keptRows({ rows }: CleanupPlan, store: HeldStore): Generator<{ key: string; entry: unknown }> {
  if (store.state === 'absent') return;
  for (const [index, { action, row }] of rows.entries()) {
    if (action === 'keep') yield { key: row.key, entry: settleEntry(normalizeEntry(store.entryAt(index))) };
  }
}

/** Takes a snapshot once what killed runs have left is gone. */
function takeCleanSnapshot(input: SnapshotInput, storeFile: string): TakenSnapshot {
  const taken = takeSnapshot(input);
  const storeDir = path.dirname(storeFile);
  const names =
    storeDir === taken.folder.dir ? [...taken.folder.files, ...taken.folder.folders] : fs.readdirSync(storeDir);
  const leftOver = names.filter((name) => isLeftOver(name, storeFile) || isLeftOverLock(name, storeFile));
  if (leftOver.length === 0) return taken;
  for (const name of leftOver) removeQuietly(path.join(storeDir, name));
  return takeSnapshot(input);
}

/** @returns the store as it is now; undefined when it is not the one that was read */
function writeStore(
  storeFile: string,
  store: HeldStore,
  { folder }: TakenSnapshot,
  plan: CleanupPlan,
  lock: StoreLock,
): fs.Stats | undefined {
  const questions: ReplaceOptions = {
    isUnchanged: () => isUnchanged(storeFile, store),
    isStillInPlace: () => isInPlace(storeFile, store),
  };
  const isKeptWhole = plan.rows.every(({ action }) => action === 'keep');
  if (isKeptWhole && store.state === 'present' && store.hasText(storeBlocks(keptRows(plan, store)))) {
    return questions.isUnchanged() ? store.stat : undefined;
  }
  const rowSteps = plan.steps.filter(({ why }) => why === 'row-removed' || why === 'row-sidecar');
  try {
    lock.setUnfinished(rowSteps.length === 0 ? undefined : JSON.stringify({ dir: folder.dir, steps: rowSteps }));
    const written = replaceFile(storeFile, storeBlocks(keptRows(plan, store)), questions);
    if (written === undefined) callOff(lock);
    return written;
  } catch (error) {
    callOff(lock);
    if (isBusy(error)) throw error;
    throw new SessionsError(
      'FILE_FAILED',
      `Session store cannot be written: ${storeFile}: ${describeWriteError(error as NodeJS.ErrnoException)}`,
      { hint: 'Nothing was changed.', details: { path: storeFile }, cause: error },
    );
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof SessionsError && error.code === 'STORE_BUSY';
}

function describeWriteError({ code, message }: NodeJS.ErrnoException): string {
  const plain: Readonly<Record<string, string>> = {
    ENOSPC: 'no space left on the disk',
    EDQUOT: 'the disk quota is used up',
    EROFS: 'the file system is read-only',
    EACCES: 'permission denied',
    EPERM: 'operation not permitted',
  };
  return plain[code ?? ''] ?? message;
}

/** There is nothing left to do. Should that not get through, the next run will find that it is done. */
function callOff(lock: StoreLock): void {
  try {
    lock.setUnfinished(undefined);
  } catch {
    // As said.
  }
}

/** What is in the store now. As long as it is the very file that was written, that is known. */
function readAgain(
  input: JsonCleanupInput,
  written: fs.Stats,
  store: HeldStore,
  plan: CleanupPlan,
): Pick<CleanupOutcome, 'appliedCount' | 'isOverwritten'> {
  try {
    const now = fs.statSync(input.target.path, { throwIfNoEntry: false });
    if (now !== undefined && isSame(now, written)) {
      return { appliedCount: plan.rows.filter(({ action }) => action === 'keep').length, isOverwritten: false };
    }
    using again = holdStoreFor(input);
    const isOurs = again.state === 'present' && again.hasText(storeBlocks(keptRows(plan, store)));
    return { appliedCount: again.rows.length, isOverwritten: !isOurs };
  } catch (error) {
    throw new SessionsError(
      'STORE_OVERWRITTEN',
      `Session store was overwritten after the cleanup: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/**
 * Archives and deletes what a run that was killed had left to do after it had written the store. If it had not come so
 * far, the rows are still there and name the files, which then stay.
 *
 * @returns how many files were seen to
 */
async function finishUnfinished(input: JsonCleanupInput, lock: StoreLock): Promise<number> {
  if (lock.unfinished === undefined) return 0;
  using store = holdStoreFor(input);
  const { snapshot, folder } = takeSnapshot({ ...input, store, purpose: 'apply' });
  const references = createReferences([...snapshot.rows, ...snapshot.otherRows]);
  const steps = parseUnfinished(lock.unfinished, folder.dir).filter(
    ({ file }) => references.keeps(file) === undefined && !snapshot.store.names.includes(file),
  );
  const undone = await performSteps(
    folder.dir,
    steps,
    { nowMs: snapshot.nowMs, isRunning: input.isRunning },
    () => undefined,
  );
  callOff(lock);
  return steps.length - undone.length;
}

/** What `writeStore` left; nothing of it when it is torn, or about another folder. */
function parseUnfinished(text: string, dir: string): readonly FileStep[] {
  let word: unknown;
  try {
    word = JSON.parse(text);
  } catch {
    return [];
  }
  if (!isJsonObject(word) || word['dir'] !== dir || !Array.isArray(word['steps'])) return [];
  return (word['steps'] as readonly unknown[]).filter((step): step is FileStep => isRowFileStep(step, dir));
}

/**
 * True for a step that a plan can hold: a transcript in the folder gets its archive's name, a sidecar is deleted. The word
 * is a file that anybody who may write in the folder could have made. A trajectory outside the folder stays: nobody has
 * proved again whose it is.
 */
function isRowFileStep(step: unknown, dir: string): boolean {
  if (!isJsonObject(step)) return false;
  const { effect, file, archive, facts } = step;
  if (typeof file !== 'string' || !isInside(dir, path.resolve(dir, file))) return false;
  if (facts !== undefined && !isJsonObject(facts)) return false;
  if (effect === 'delete') return archive === undefined && classifyName(path.basename(file)) === 'sidecar';
  if (effect !== 'archive' || typeof archive !== 'string') return false;
  return path.dirname(archive) === path.dirname(file) && parseArchiveName(archive)?.reason === 'deleted';
}
