import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CleanupPlan } from '../../core/cleanup/plan.ts';
import { planCleanup } from '../../core/cleanup/plan.ts';
import { createReferences } from '../../core/cleanup/references.ts';
import { isLeftForLater, isRowStep, type UndoneStep } from '../../core/cleanup/steps.ts';
import { storeText } from '../../core/cleanup/store-text.ts';
import { normalizeEntry, settleEntry } from '../../core/entry.ts';
import { SessionsError } from '../../errors.ts';
import { isLeftOver, pause, removeQuietly, replaceFile, type ReplaceOptions } from '../../files/atomic-write.ts';
import { followLinks } from '../../files/follow-links.ts';
import { performSteps, type StepProgress } from '../../files/file-steps.ts';
import { isLeftOverLock, type StoreLock } from '../../files/store-lock.ts';
import {
  holdStoreFor,
  type JsonCleanupInput,
  type SnapshotInput,
  type TakenSnapshot,
  takeSnapshot,
} from './cleanup-snapshot.ts';
import type { HeldStore } from './held-store.ts';
import { isInPlace, isSame, isUnchanged } from './unchanged.ts';
import { leaveWord, parseWord, putAside, wordOf } from './unfinished.ts';

/** What an applied cleanup did to one store. */
export interface CleanupOutcome {
  /** The plan that was carried out. */
  readonly plan: CleanupPlan;
  /** Steps of the plan that were not done, and those of an earlier run that could not be done again. */
  readonly undone: readonly UndoneStep[];
  /** Entries in the store when it was read again afterwards. */
  readonly appliedCount: number;
  /** Another program has written the store since we did. */
  readonly isOverwritten: boolean;
  /** Files that an earlier run had left to do, and this one did. */
  readonly finishedFiles: number;
}

export interface ApplyEvents {
  onStep(progress: StepProgress): void;
  /** The store was changed by another program after it was read; everything begins again. */
  onReplan(): void;
  /** Throws where the work may stop. */
  safePoint(): void;
}

/** How often a store may change under us before we give up. */
const maxAttempts = 5;

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
 * @throws SessionsError STORE_DAMAGED, STORE_UNREADABLE, STORE_UNSUPPORTED, STORE_BUSY, FILE_FAILED, INTERRUPTED; the
 *   store is then as it was
 */
export async function applyCleanup(
  input: JsonCleanupInput,
  lock: StoreLock,
  events: ApplyEvents,
  read?: HeldStore,
): Promise<CleanupOutcome> {
  const storeFile = followLinks(input.target.path);
  const { finishedFiles, waiting } = await finishUnfinished(input, lock);
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    events.safePoint();
    const work: Work = { input, storeFile, lock, waiting, isLastTry: attempt === maxAttempts };
    const done = await unlessBusy(() => tryCleanup(work, attempt === 1 ? read : undefined, events));
    if (done !== undefined) return { ...done, finishedFiles };
    events.onReplan();
  }
  throw new SessionsError(
    'STORE_BUSY',
    `Session store is being changed by another program: ${input.target.path}; it was read and planned ${maxAttempts} times`,
    { hint: 'Nothing was changed. Try again later, or stop the Gateway first.', details: { path: input.target.path } },
  );
}

interface Work {
  readonly input: JsonCleanupInput;
  readonly storeFile: string;
  readonly lock: StoreLock;
  /** What an earlier run had left to do, and could not be done now either. */
  readonly waiting: readonly UndoneStep[];
  /** When the store changes once more, the run gives up. */
  readonly isLastTry: boolean;
}

/**
 * @param read the store as it was held before
 * @returns undefined when the store was changed meanwhile, and nothing is done
 */
async function tryCleanup(
  work: Work,
  read: HeldStore | undefined,
  events: ApplyEvents,
): Promise<Omit<CleanupOutcome, 'finishedFiles'> | undefined> {
  const { input, storeFile, lock, waiting } = work;
  using store = read !== undefined && isUnchanged(storeFile, read) ? read : holdStoreFor(input);
  const taken = takeCleanSnapshot({ ...input, store, purpose: 'apply' }, storeFile);
  const plan = planCleanup({ ...taken, policy: input.policy, purpose: 'apply' });
  // Reading a large store takes seconds, in which no signal comes through.
  await nextTurn();
  events.safePoint();
  const written = writeStore(work, store, taken, plan);
  if (written === undefined) return undefined;
  const clock = { nowMs: plan.nowMs, isRunning: input.isRunning };
  const { dir } = taken.folder;
  const { steps, put } = putAside(plan.steps, waiting);
  const undone = [...waiting, ...put, ...(await performSteps(dir, steps, clock, events.onStep.bind(events)))];
  leaveWord(lock, dir, undone.filter(isLeftForLater));
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
  { input, storeFile, lock, waiting, isLastTry }: Work,
  store: HeldStore,
  { folder: { dir } }: TakenSnapshot,
  plan: CleanupPlan,
): fs.Stats | undefined {
  const questions: ReplaceOptions = {
    isUnchanged: () =>
      isUnchanged(storeFile, store) && (isLastTry || !isWrittenSoon(storeFile, store, () => input.now())),
    isStillInPlace: () => isInPlace(storeFile, store),
  };
  const isKeptWhole = plan.rows.every(({ action }) => action === 'keep');
  try {
    if (isKeptWhole && store.state === 'present' && store.hasText(storeText(keptRows(plan, store)))) {
      return isUnchanged(storeFile, store) ? store.stat : undefined;
    }
    lock.setUnfinished(wordOf(dir, [...waiting.map(({ step }) => step), ...plan.steps.filter(isRowStep)]));
    const written = replaceFile(storeFile, storeText(keptRows(plan, store)), questions);
    if (written === undefined) leaveWord(lock, dir, waiting);
    return written;
  } catch (error) {
    leaveWord(lock, dir, waiting);
    if (isBusy(error)) throw error;
    if (error instanceof RangeError) throw tooDeep(storeFile, error);
    throw new SessionsError(
      'FILE_FAILED',
      `Session store cannot be written: ${storeFile}: ${describeWriteError(error as NodeJS.ErrnoException)}`,
      { hint: 'Nothing was changed.', details: { path: storeFile }, cause: error },
    );
  }
}

/**
 * Gives way to a program that writes the store over and over (docs/decisions/0022-compare-before-rename.md): right after a
 * write the next one is far away. Later, after a last write a moment ago, it may come any time: then it is waited for a
 * little.
 *
 * @returns true when it came
 */
function isWrittenSoon(storeFile: string, store: HeldStore, now: () => number): boolean {
  if (store.state === 'absent') return false;
  const ageMs = now() - store.stat.mtimeMs;
  if (ageMs < justWrittenMs || ageMs > restingMs) return false;
  for (let waitedMs = 0; waitedMs < giveWayMs; waitedMs += pollMs) {
    pause(pollMs);
    if (!isInPlace(storeFile, store)) return true;
  }
  return false;
}

const justWrittenMs = 10;
const restingMs = 1000;
const giveWayMs = 30;
const pollMs = 2;

function isBusy(error: unknown): boolean {
  return error instanceof SessionsError && error.code === 'STORE_BUSY';
}

/** JSON.parse takes any depth, JSON.stringify some thousand levels. */
function tooDeep(storeFile: string, cause: RangeError): SessionsError {
  return new SessionsError(
    'STORE_UNSUPPORTED',
    `Session store cannot be rewritten: ${storeFile}: an entry is nested too deeply`,
    {
      hint: 'Nothing was changed. No session needs such an entry: look into the store.',
      details: { path: storeFile },
      cause,
    },
  );
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
    const isOurs = again.state === 'present' && again.hasText(storeText(keptRows(plan, store)));
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
 * Archives and deletes what a run had left to do after it had written the store: it was killed, or the file system
 * refused. If it had not come so far, the rows are still there and name the files, which then stay.
 */
async function finishUnfinished(
  input: JsonCleanupInput,
  lock: StoreLock,
): Promise<{ readonly finishedFiles: number } & Pick<Work, 'waiting'>> {
  if (lock.unfinished === undefined) return { finishedFiles: 0, waiting: [] };
  using store = holdStoreFor(input);
  const { snapshot, folder } = takeSnapshot({ ...input, store, purpose: 'apply' });
  const references = createReferences([...snapshot.rows, ...snapshot.otherRows]);
  const steps = parseWord(lock.unfinished, folder.dir).filter(
    ({ file }) => references.keeps(file) === undefined && !snapshot.store.names.includes(file),
  );
  const undone = await performSteps(
    folder.dir,
    steps,
    { nowMs: snapshot.nowMs, isRunning: input.isRunning },
    () => undefined,
  );
  const waiting = undone.filter(isLeftForLater);
  leaveWord(lock, folder.dir, waiting);
  return { finishedFiles: steps.length - undone.length, waiting };
}
