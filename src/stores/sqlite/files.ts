import fs from 'node:fs';
import path from 'node:path';

/** What the files of a database look like from outside, before anything opens them. */
export interface DatabaseFiles {
  readonly main: FileState;
  /** The first bytes of the main file; none when it is empty. */
  readonly header: DatabaseHeader | 'empty' | 'foreign';
  /** Committed changes that are not yet in the main file: a writer is there, or went away without tidying up. */
  readonly wal: FileState | undefined;
  /** True when the index of the write-ahead log is there. */
  readonly hasShm: boolean;
  /** A rollback journal with content: a transaction under way, or one that was cut off. */
  readonly journal: FileState | undefined;
}

export interface DatabaseHeader {
  readonly journalMode: 'wal' | 'rollback';
  /** `user_version` as of the last checkpoint: the schema number of OpenClaw. */
  readonly userVersion: number;
}

export interface FileState {
  readonly ino: bigint;
  readonly size: bigint;
  /** Nanoseconds since epoch. */
  readonly mtimeNs: bigint;
}

/** What every SQLite database begins with. */
const magic = 'SQLite format 3\0';

/**
 * Looks at a database and its side files. Opens nothing but the main file, for its header.
 *
 * @returns undefined when there is no main file
 * @throws the error of the file system; for what is no regular file, an Error that says so
 */
export function lookAtDatabase(file: string): DatabaseFiles | undefined {
  let fd: number;
  try {
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  try {
    const stat = fs.fstatSync(fd, { bigint: true });
    if (stat.isDirectory()) throw new Error('it is a folder');
    if (!stat.isFile()) throw new Error('it is not a regular file');
    // SQLite follows a link and keeps the side files beside the real file.
    const real = fs.realpathSync.native(file);
    return {
      main: stateOf(stat),
      header: readHeader(fd, stat.size),
      wal: sideFile(`${real}-wal`),
      hasShm: fs.statSync(`${real}-shm`, { throwIfNoEntry: false }) !== undefined,
      journal: sideFile(`${real}-journal`),
    };
  } finally {
    fs.closeSync(fd);
  }
}

/** Schema numbers of agent databases that hold no sessions: credentials, caches, memory (2026.6.5 to 2026.7.35). */
const lastSchemaWithoutSessions = 3;

/**
 * True for a database that is sure to hold no sessions by its header alone: one of the releases that kept them in JSON.
 * The header tells the schema, unless a newer one is still in the log.
 */
export function isWithoutSessions({ header, wal, journal }: DatabaseFiles): boolean {
  if (wal !== undefined || journal !== undefined || typeof header === 'string') return false;
  return header.userVersion > 0 && header.userVersion <= lastSchemaWithoutSessions;
}

/** True for a file that is there and may be a store; also for one that may not be opened, so that reading it says why. */
export function mayHoldSessions(file: string): boolean {
  try {
    const seen = lookAtDatabase(file);
    return seen !== undefined && !isWithoutSessions(seen);
  } catch {
    return true;
  }
}

/** True when nothing has been written to the files in between. */
export function isUnchanged(before: DatabaseFiles, after: DatabaseFiles | undefined): boolean {
  return (
    after !== undefined &&
    isSame(before.main, after.main) &&
    isSame(before.wal, after.wal) &&
    isSame(before.journal, after.journal)
  );
}

/**
 * True when a private copy taken in between fits together: the main file has stayed as it was, and the log has at most
 * grown. A log that is started anew gets another beginning, and its older frames are overwritten.
 */
export function isCopyable(before: DatabaseFiles, after: DatabaseFiles | undefined): boolean {
  return (
    after !== undefined &&
    isSame(before.main, after.main) &&
    isSame(before.journal, after.journal) &&
    before.wal?.ino === after.wal?.ino &&
    (before.wal === undefined || (after.wal !== undefined && after.wal.size >= before.wal.size))
  );
}

function isSame(a: FileState | undefined, b: FileState | undefined): boolean {
  return a?.ino === b?.ino && a?.size === b?.size && a?.mtimeNs === b?.mtimeNs;
}

/** A side file with content; an empty one says nothing (readers leave it behind). */
function sideFile(file: string): FileState | undefined {
  const stat = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined || stat.size === 0n ? undefined : stateOf(stat);
}

function stateOf({ ino, size, mtimeNs }: fs.BigIntStats): FileState {
  return { ino, size, mtimeNs };
}

function readHeader(fd: number, size: bigint): DatabaseFiles['header'] {
  if (size === 0n) return 'empty';
  const header = Buffer.alloc(100);
  const length = fs.readSync(fd, header, 0, header.length, 0);
  if (length < header.length || header.toString('latin1', 0, magic.length) !== magic) return 'foreign';
  // Offsets of the database header: https://www.sqlite.org/fileformat2.html
  return { journalMode: header[18] === 2 ? 'wal' : 'rollback', userVersion: header.readInt32BE(60) };
}

/** The first bytes of a write-ahead log: they change when it is started anew. */
export function walBeginning(file: string): string {
  const fd = fs.openSync(path.join(path.dirname(file), `${path.basename(file)}-wal`), 'r');
  try {
    const beginning = Buffer.alloc(32);
    fs.readSync(fd, beginning, 0, beginning.length, 0);
    return beginning.toString('hex');
  } finally {
    fs.closeSync(fd);
  }
}
