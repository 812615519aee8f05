import fs from 'node:fs';
import path from 'node:path';
import { SessionsError } from '../../errors.ts';
import { followLinks } from '../../files/follow-links.ts';
import type { StepProgress } from '../../files/file-steps.ts';
import { describeUnwritable } from '../../files/ownership.ts';
import { type StoreLockOptions, withStoreLocks } from '../../files/store-lock.ts';
import type { StoreTarget } from '../types.ts';
import { requireCleanable } from './cleanable.ts';
import { applyCleanup, type CleanupOutcome } from './cleanup.ts';
import { holdStoreFor, type JsonCleanupInput } from './cleanup-snapshot.ts';
import type { HeldStore } from './held-store.ts';

/** What happens on the way, for whoever shows it. */
export interface CleanupEvents {
  onStore(target: StoreTarget): void;
  onStep(target: StoreTarget, progress: StepProgress): void;
  onReplan(target: StoreTarget): void;
  /** The store is done; should a later one fail, this is what is known of it. */
  onDone(target: StoreTarget): void;
}

export interface DoneCleanup {
  readonly target: StoreTarget;
  readonly outcome: CleanupOutcome;
}

/**
 * Cleans up several JSON stores, one after another. All or nothing up to the first change: every store is read and every
 * lock is had before a store is touched, so that one that is damaged or in use refuses the whole run.
 *
 * @throws SessionsError as `applyCleanup` and `withStoreLock`
 */
export async function cleanUpStores(
  inputs: readonly JsonCleanupInput[],
  lockOptions: StoreLockOptions,
  events: CleanupEvents,
): Promise<readonly DoneCleanup[]> {
  const { interrupted } = lockOptions;
  const stores = inputs.map((input) => ({ input, file: followLinks(input.target.path) }));
  // One is held for the work; several at once would be too much.
  const [first] = inputs;
  using only = inputs.length === 1 && first !== undefined ? readNow(first) : undefined;
  const readAll = (): void => {
    if (only === undefined) for (const input of inputs) readNow(input)[Symbol.dispose]();
  };
  readAll();
  for (const { file } of stores) createFolder(path.dirname(file));
  return await withStoreLocks(
    stores.map(({ file }) => file),
    lockOptions,
    async (locks) => {
      readAll();
      const done: DoneCleanup[] = [];
      for (const { input, file } of stores) {
        const { target } = input;
        const lock = locks.get(file);
        if (lock === undefined) throw new Error(`no lock for ${file}`);
        events.onStore(target);
        const outcome = await applyCleanup(
          input,
          lock,
          {
            safePoint: () => {
              if (interrupted.aborted) throw stopped(interrupted);
            },
            onStep: (progress) => {
              events.onStep(target, progress);
            },
            onReplan: () => {
              events.onReplan(target);
            },
          },
          only,
        );
        done.push({ target, outcome });
        events.onDone(target);
      }
      return done;
    },
  );
}

/** Holds the store once all is known that could refuse the run. */
function readNow(input: JsonCleanupInput): HeldStore {
  const { target, others } = input;
  const store = holdStoreFor(input);
  try {
    requireCleanable(target.path, store, others?.beside(target.path) ?? []);
    others?.requireReadable(target.path);
    return store;
  } catch (error) {
    store[Symbol.dispose]();
    throw error;
  }
}

/** For a store that does not exist yet. */
function createFolder(dir: string): void {
  try {
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = describeUnwritable(dir) ?? (error as Error).message;
    throw new SessionsError('FILE_FAILED', `Folder cannot be created: ${dir}: ${reason}`, {
      hint: 'No store was changed.',
      details: { path: dir },
      cause: error,
    });
  }
}

function stopped({ reason }: AbortSignal): SessionsError {
  return new SessionsError(
    reason === 'SIGTERM' ? 'TERMINATED' : 'INTERRUPTED',
    'Interrupted: this store is as it was.',
  );
}
