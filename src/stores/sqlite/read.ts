import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { SessionsError } from '../../errors.ts';
import { undisturbed } from '../../world.ts';
import { type DatabaseFiles, isCopyable, isUnchanged, lookAtDatabase, walBeginning } from './files.ts';
import { loadSqlite, type Sqlite } from './load.ts';

/** How long a lock, or files that keep changing, are waited for: what OpenClaw itself waits. */
const patienceMs = 5000;

/**
 * Reads from a database that others may be writing, without leaving a trace (docs/stores.md, how a database is read):
 *
 * - All of one answer is taken inside one read transaction, and the connection is closed at once.
 * - Nothing is written: no checkpoint, no change of journal mode, no side file. Opening a quiet database the usual way
 *   would leave an empty `-wal` and a `-shm` behind, so a quiet one is opened as unchanging, and read again if it was
 *   changed meanwhile. One with a log is opened with its log, whose index is only read.
 * - When that cannot be done where the files are, it is done over a private copy.
 *
 * @param read must have taken everything it needs when it returns
 * @returns undefined when there is no such file
 * @throws SessionsError STORE_BUSY, STORE_DAMAGED, STORE_UNREADABLE, and what `read` throws
 */
export async function readDatabase<T>(file: string, read: (database: DatabaseSync) => T): Promise<T | undefined> {
  const sqlite = await loadSqlite();
  const deadline = Date.now() + patienceMs;
  for (let failures = 0; ;) {
    const before = look(file);
    if (before === undefined) return undefined;
    // An empty file is how a full disk leaves one. SQLite would take it for a new database, with nothing in it.
    if (before.header === 'empty' && before.wal === undefined) throw damaged(file, 'the file is empty');
    if (before.header === 'foreign') throw damaged(file, 'it is not a SQLite database');
    const ways = waysToOpen(before);
    const way = ways[Math.min(failures, ways.length - 1)] ?? readInPlace;
    // A copy may be large, and nobody would find it if a signal ended the process before it is gone.
    const answer =
      way === readCopy
        ? await undisturbed(() => readCopy(sqlite, file, before, read))
        : way(sqlite, file, before, read);
    if (answer.state === 'read') return answer.value;
    if (answer.state === 'failed' && isUnchanged(before, look(file))) {
      if (answer.error instanceof SessionsError) throw answer.error;
      if (failures >= ways.length - 1 && !isBusy(answer.error)) throw explain(file, answer.error);
      failures++;
    }
    if (Date.now() >= deadline) throw busy(file, answer.error);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
}

type Answer<T> =
  { readonly state: 'read'; readonly value: T } | { readonly state: 'failed' | 'changed'; readonly error: unknown };

type Way = <T>(sqlite: Sqlite, file: string, before: DatabaseFiles, read: (database: DatabaseSync) => T) => Answer<T>;

/** The ways that fit the files, to be tried in this order. */
function waysToOpen({ header, wal, hasShm, journal }: DatabaseFiles): readonly Way[] {
  if (wal !== undefined) return hasShm ? [readBesideWriter, readInPlace, readCopy] : [readCopy];
  if (journal !== undefined) return [readInPlace, readCopy];
  // Rollback mode has no side files but while writing, and its locks are worth having.
  const isWal = typeof header === 'object' && header.journalMode === 'wal';
  return isWal ? [readQuiet] : [readInPlace];
}

/** A write-ahead log with nothing in it: the main file is all there is, and stays so until a writer comes. */
const readQuiet: Way = (sqlite, file, before, read) => {
  // A change within the tick of the file system's clock would not show in the times; some count in seconds.
  const { mtimeNs } = before.main;
  const sinceChangeMs = Date.now() - Number(mtimeNs / 1_000_000n);
  const tickMs = mtimeNs % 1_000_000_000n === 0n ? 2000 : 20;
  if (sinceChangeMs >= 0 && sinceChangeMs < tickMs) return { state: 'changed', error: undefined };
  const answer = attempt(() => readThrough(sqlite, file, 'immutable=1', read));
  return isUnchanged(before, look(file)) ? answer : { state: 'changed', error: undefined };
};

/** With the log and its index as they are; the index is not rebuilt if its writer has died. */
const readBesideWriter: Way = (sqlite, file, _before, read) =>
  attempt(() => readThrough(sqlite, file, 'readonly_shm=1', read));

const readInPlace: Way = (sqlite, file, _before, read) => attempt(() => readThrough(sqlite, file, '', read));

/** Main file and log together, as of one moment, in a folder of our own that is gone afterwards. */
const readCopy: Way = (sqlite, file, before, read) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sessions-'));
  try {
    const real = fs.realpathSync.native(file);
    const copy = path.join(folder, 'copy.sqlite');
    const log = before.wal === undefined ? undefined : walBeginning(real);
    fs.copyFileSync(real, copy, fs.constants.COPYFILE_FICLONE);
    for (const [side, state] of [
      ['-wal', before.wal],
      ['-journal', before.journal],
    ] as const) {
      if (state !== undefined) fs.copyFileSync(real + side, copy + side, fs.constants.COPYFILE_FICLONE);
    }
    if (!isCopyable(before, lookAtDatabase(file))) return { state: 'changed', error: undefined };
    if (log !== undefined && log !== walBeginning(real)) return { state: 'changed', error: undefined };
    // A journal that was cut off has to be rolled back, which takes a writer; a copy may be written.
    for (const side of ['', '-wal', '-journal']) if (fs.existsSync(copy + side)) fs.chmodSync(copy + side, 0o600);
    return attempt(() => readThrough(sqlite, copy, 'mode=rw', read));
  } catch (error) {
    return { state: 'failed', error };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
};

function readThrough<T>(sqlite: Sqlite, file: string, query: string, read: (database: DatabaseSync) => T): T {
  const url = pathToFileURL(file);
  url.search = query;
  const database = new sqlite.DatabaseSync(url, { readOnly: query !== 'mode=rw' });
  try {
    database.exec(`PRAGMA busy_timeout = ${patienceMs}; PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; BEGIN`);
    const value = read(database);
    database.exec('COMMIT');
    return value;
  } finally {
    database.close();
  }
}

function attempt<T>(work: () => T): Answer<T> {
  try {
    return { state: 'read', value: work() };
  } catch (error) {
    return { state: 'failed', error };
  }
}

function look(file: string): DatabaseFiles | undefined {
  try {
    return lookAtDatabase(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** SQLite's result codes: https://www.sqlite.org/rescode.html */
const resultCodes = { busy: 5, locked: 6, ioError: 10, corrupt: 11, protocol: 15, notADatabase: 26 } as const;

function resultCode(error: unknown): number | undefined {
  const { errcode } = error as { readonly errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === resultCodes.busy || code === resultCodes.locked || code === resultCodes.protocol;
}

function explain(file: string, error: unknown): SessionsError {
  const code = resultCode(error);
  if (code === undefined && !(error instanceof Error && 'code' in error)) throw error;
  if (code === resultCodes.corrupt || code === resultCodes.notADatabase || isShortRead(error)) {
    return damaged(file, (error as Error).message, error);
  }
  return unreadable(file, error);
}

/** A page that should be there is not: the file was cut. */
function isShortRead(error: unknown): boolean {
  return (error as { readonly errcode?: unknown }).errcode === (resultCodes.ioError | (2 << 8));
}

function damaged(file: string, reason: string, cause?: unknown): SessionsError {
  return new SessionsError('STORE_DAMAGED', `Session store is damaged: ${file}: ${reason}`, {
    hint: 'Nothing was changed. Stop the Gateway and run: openclaw doctor',
    details: { path: file },
    cause,
  });
}

function unreadable(file: string, error: unknown): SessionsError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : message;
  return new SessionsError('STORE_UNREADABLE', `Session store cannot be read: ${file}: ${reason}`, {
    hint: 'Nothing was changed.',
    details: { path: file },
    cause: error,
  });
}

function busy(file: string, error: unknown): SessionsError {
  return new SessionsError(
    'STORE_BUSY',
    `Session store is busy: ${file}: locked, or changing all the time, for ${patienceMs / 1000} s`,
    {
      hint: 'Nothing was changed. Try again when OpenClaw has finished what it is doing with it.',
      details: { path: file },
      cause: error,
    },
  );
}
