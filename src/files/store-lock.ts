import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { SessionsError } from '../errors.ts';
import { syncFolder } from './atomic-write.ts';
import { type Holder, isDead, isHere, nameHolder, parseHolder } from './holder.ts';
import { describeUnwritable } from './ownership.ts';

export interface StoreLockOptions {
  /** How long to wait for another run; 0 means not at all. */
  readonly timeoutMs: number;
  readonly pid: number;
  readonly isRunning: (pid: number) => boolean;
  /** Ends the wait. */
  readonly interrupted: AbortSignal;
  /** Called once when the lock is not to be had at once, with who holds it. */
  onWait?(holder: string): void;
}

/** The lock while it is held. */
export interface StoreLock {
  /**
   * What `setUnfinished` was told by a run that died before it called it off; undefined when there was none. It may be
   * torn: then that run had not begun.
   */
  readonly unfinished: string | undefined;
  /**
   * Leaves word, durably, of what is going to be done, for the run that finds this lock should this one die; undefined
   * calls it off.
   */
  setUnfinished(text: string | undefined): void;
}

/** Another program's heartbeat older than this is taken for its death, where its process cannot be looked at. */
const silentMs = 60_000;
const pollMs = 50;

/**
 * Does some work while holding the lock between runs of this tool on one store: the folder `<store>.lock`. OpenClaw
 * itself knows no lock on stores and ignores it (docs/decisions/0020-store-lock.md).
 *
 * Released on every way out: when the work ends or throws, on exit, on the signals that end a process. What is left of a
 * run that was killed is taken over: at once when its process is gone, after a minute without a sign of life when it ran
 * in another container or on another machine.
 *
 * @param file real path of the store, which need not exist; its folder must
 * @throws SessionsError STORE_LOCKED when the wait was in vain, naming the holder; INTERRUPTED or TERMINATED
 */
export async function withStoreLock<Result>(
  file: string,
  options: StoreLockOptions,
  work: (lock: StoreLock) => Promise<Result>,
): Promise<Result> {
  const lockDir = `${file}.lock`;
  const own = createOwnership(lockDir, options);
  const release = await acquire(file, lockDir, own, options);
  try {
    return await work({ unfinished: own.readUnfinished(), setUnfinished: own.setUnfinished });
  } finally {
    // A lock that cannot be removed is one whose owner will be dead in a moment.
    await release().catch(() => undefined);
  }
}

/** Calls `work` with the locks of all files, taken in the order of their names: two runs then never wait for each other. */
export async function withStoreLocks<Result>(
  files: readonly string[],
  options: StoreLockOptions,
  work: (locks: ReadonlyMap<string, StoreLock>) => Promise<Result>,
): Promise<Result> {
  const locks = new Map<string, StoreLock>();
  const take = async (rest: readonly string[]): Promise<Result> => {
    const [file, ...others] = rest;
    if (file === undefined) return work(locks);
    return withStoreLock(file, options, (lock) => {
      locks.set(file, lock);
      return take(others);
    });
  };
  return take([...new Set(files)].sort());
}

async function acquire(
  file: string,
  lockDir: string,
  own: Ownership,
  options: StoreLockOptions,
): Promise<() => Promise<void>> {
  const deadline = performance.now() + options.timeoutMs;
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await lockfile.lock(file, {
        realpath: false,
        lockfilePath: lockDir,
        stale: silentMs,
        update: 5000,
        fs: own.fs,
        // The work's own checks decide (it compares before it renames); a lock that is lost is not worth a crash.
        onCompromised: () => undefined,
      });
    } catch (error) {
      if (!isHeld(error)) throw lockFailed(lockDir, error);
    }
    const holder = describeHolder(lockDir);
    if (performance.now() >= deadline) throw lockedBy(holder, lockDir, options.timeoutMs);
    if (isFirst) options.onWait?.(holder);
    try {
      await sleep(pollMs, undefined, { signal: options.interrupted });
    } catch (error) {
      const code = options.interrupted.reason === 'SIGTERM' ? 'TERMINATED' : 'INTERRUPTED';
      throw new SessionsError(code, 'Interrupted while waiting for the lock. Nothing was changed.', { cause: error });
    }
  }
}

/** Held, or taken in the very moment we tried. */
function isHeld(error: unknown): boolean {
  return isCode(error, 'ELOCKED', 'EEXIST');
}

interface Ownership {
  /** The part of `fs` that proper-lockfile uses. */
  readonly fs: Pick<typeof fs, 'mkdir' | 'rmdir' | 'rmdirSync' | 'stat' | 'utimes'>;
  readUnfinished(): string | undefined;
  readonly setUnfinished: (text: string | undefined) => void;
}

/**
 * The lock folder holds an empty file whose name tells who owns it. proper-lockfile makes and removes the folder and
 * keeps its time fresh; these functions stand in for the file system there:
 *
 * - making it renames a folder that is ready, owner and all, into its place: that works where nothing is, and over an
 *   empty folder that a run which was killed has left, and fails over one with an owner in it;
 * - an owner that is dead is replaced by renaming its file to ours, one step that only one of several waiting runs can
 *   make; the word that the dead run left stays where it is;
 * - removing it removes our own file first. A folder that holds another owner's file is never removed.
 *
 * The word of what is unfinished is a file that is there from the beginning and is emptied, not removed: a new name in
 * the folder would change its time, by which proper-lockfile knows that the lock is still its own.
 */
function createOwnership(lockDir: string, { pid, isRunning }: StoreLockOptions): Ownership {
  const ownName = holderPrefix + nameHolder(pid);
  const ownFile = path.join(lockDir, ownName);
  const wordFile = path.join(lockDir, wordName);

  const make = (): void => {
    const found = readHolder(lockDir);
    if (found === undefined) moveIntoPlace(lockDir, ownName);
    else if (!isDead(found.holder, lastBeat(lockDir), { silentMs, isRunning })) throw heldError();
    else replaceHolder(path.join(lockDir, found.name), ownFile);
  };
  const remove = (): void => {
    if (!fs.existsSync(ownFile)) return;
    // Ended between a store and its files: the next run finds the word, and us dead.
    if (readText(wordFile) !== '') return;
    fs.rmSync(wordFile, { force: true });
    fs.rmSync(ownFile, { force: true });
    try {
      fs.rmdirSync(lockDir);
    } catch (error) {
      // Another run moved in as soon as it was empty.
      if (!isCode(error, 'ENOENT', ...occupied)) throw error;
    }
  };
  return {
    readUnfinished: () => readText(wordFile) || undefined,
    setUnfinished: (text) => {
      // Made anew when the run before was killed while it removed its lock.
      const fd = fs.openSync(wordFile, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
      try {
        fs.ftruncateSync(fd);
        if (text === undefined) return;
        fs.writeSync(fd, text, 0);
        fs.fsyncSync(fd);
      } finally {
        fs.closeSync(fd);
      }
      syncFolder(lockDir);
      syncFolder(path.dirname(lockDir));
    },
    fs: {
      ...fs,
      mkdir: calledBack(make) as typeof fs.mkdir,
      rmdir: calledBack(remove) as typeof fs.rmdir,
      rmdirSync: remove,
    },
  };
}

/**
 * True for the folder of a lock that a run which was killed was about to take; also, for a moment, of one that is about
 * to: it will try again.
 */
export function isLeftOverLock(name: string, file: string): boolean {
  const prefix = `${path.basename(file)}.lock.`;
  return name.startsWith(prefix) && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name.slice(prefix.length));
}

const wordName = 'unfinished.json';
/** What renaming over, or removing, a folder that is not empty says. */
const occupied = ['ENOTEMPTY', 'EEXIST'];

function moveIntoPlace(lockDir: string, ownName: string): void {
  const ready = `${lockDir}.${randomUUID()}`;
  // To be read by whoever may want to know who holds it.
  fs.mkdirSync(ready, { mode: 0o755 });
  try {
    fs.writeFileSync(path.join(ready, ownName), '', { mode: 0o644 });
    fs.writeFileSync(path.join(ready, wordName), '', { mode: 0o600 });
    fs.renameSync(ready, lockDir);
  } catch (error) {
    fs.rmSync(ready, { recursive: true, force: true });
    // Windows refuses any renaming over a folder, and says only that it may not.
    const isOccupied = isCode(error, ...occupied) || (isCode(error, 'EPERM', 'EACCES') && fs.existsSync(lockDir));
    throw isOccupied ? heldError() : error;
  }
}

/** Fails when another run was quicker. */
function replaceHolder(deadFile: string, ownFile: string): void {
  fs.renameSync(deadFile, ownFile);
  const now = new Date();
  fs.utimesSync(ownFile, now, now);
  // The dead run may have been killed while it gave the lock up.
  fs.closeSync(fs.openSync(path.join(path.dirname(ownFile), wordName), 'a', 0o600));
}

const heldError = (): Error => Object.assign(new Error('held'), { code: 'EEXIST' });

function calledBack(work: () => void): (dir: string, done: (error: unknown) => void) => void {
  return (_dir, done) => {
    let failure: unknown = null;
    try {
      work();
    } catch (error) {
      // A name went away under us: somebody released the lock, or took it over. To be tried again.
      failure = isCode(error, 'ENOENT') ? heldError() : error;
    }
    done(failure);
  };
}

function lastBeat(lockDir: string): number | undefined {
  return fs.statSync(lockDir, { throwIfNoEntry: false })?.mtimeMs;
}

interface FoundHolder {
  readonly name: string;
  readonly holder: Holder;
  /** Milliseconds since epoch. */
  readonly sinceMs: number;
}

const holderPrefix = 'holder.';

function readHolder(lockDir: string): FoundHolder | undefined {
  try {
    for (const name of fs.readdirSync(lockDir)) {
      const holder = name.startsWith(holderPrefix) ? parseHolder(name.slice(holderPrefix.length)) : undefined;
      if (holder === undefined) continue;
      return { name, holder, sinceMs: fs.statSync(path.join(lockDir, name)).mtimeMs };
    }
  } catch {
    // Released meanwhile.
  }
  return undefined;
}

/** Empty when there is no such file. */
function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function describeHolder(lockDir: string): string {
  const found = readHolder(lockDir);
  if (found === undefined) return 'another run';
  const { holder, sinceMs } = found;
  const where = isHere(holder) ? '' : ' in another container or on another machine';
  const seconds = Math.max(0, Math.round((Date.now() - sinceMs) / 1000));
  return `process ${holder.pid}${where}, for ${seconds} s`;
}

function lockedBy(holder: string, lockDir: string, timeoutMs: number): SessionsError {
  const waited = timeoutMs === 0 ? '' : `; waited ${timeoutMs / 1000} s`;
  return new SessionsError('STORE_LOCKED', `Session store is locked by ${holder}: ${lockDir}${waited}`, {
    hint: 'Nothing was changed. Try again when that run has ended, or wait longer with --lock-timeout.',
    details: { path: lockDir },
  });
}

function lockFailed(lockDir: string, cause: unknown): SessionsError {
  const unwritable = describeUnwritable(lockDir);
  return new SessionsError('FILE_FAILED', `Session store cannot be locked: ${lockDir}: ${(cause as Error).message}`, {
    hint: `Nothing was changed. The lock has to be made in the folder of the store${unwritable === undefined ? '' : `: ${unwritable}`}.`,
    details: { path: lockDir },
    cause,
  });
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
