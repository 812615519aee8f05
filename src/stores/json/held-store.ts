import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { CurrentMember } from '../../core/json-scan.ts';
import { SessionsError } from '../../errors.ts';
import type { StoredRow } from '../types.ts';
import { type JsonReadOptions, type OpenStoreFile, openStoreFile, unreadable, withoutHaste } from './open.ts';
import { readWhole } from './read.ts';
import { changedWhileRead, scanEntries } from './scan.ts';

/**
 * A store that was read in order to be changed, or looked at by a cleanup. Until it is disposed of it can tell its whole
 * entries again, whatever becomes of the file of its name: OpenClaw replaces a store and does not write into it.
 */
export type HeldStore = AbsentStore | PresentStore;

export interface AbsentStore extends Disposable {
  readonly state: 'absent';
  readonly rows: readonly [];
}

export interface PresentStore extends Disposable {
  readonly state: 'present';
  readonly stat: fs.Stats;
  /** Milliseconds since epoch, before anything was read. */
  readonly readAtMs: number;
  /** In store order; the entries of a large store have only the fields that were asked for. */
  readonly rows: readonly StoredRow[];
  /**
   * The whole entry of a row, by its place among the rows.
   *
   * @throws SessionsError STORE_BUSY when the file was written in place since
   */
  entryAt(index: number): unknown;
  /** True when these pieces together are the text of the store. */
  hasText(pieces: Iterable<string>): boolean;
  /** True when the file of this path has the content that was read. False also when nobody can tell. */
  isContentOf(path: string): boolean;
}

export interface HoldOptions {
  /** The fields of entries that the rows must have. */
  readonly fields: readonly string[];
  readonly now: () => number;
  readonly read: JsonReadOptions;
}

/** A time stamp proves nothing until the clock has gone past it; coarse file systems count in two seconds. */
export const racyMs = 2000;

/**
 * Reads a `sessions.json`: whole below a certain size, by scanning above it, which keeps the file open. Both ways give the
 * same rows, the same entries and the same verdict on damage. Never writes, never locks.
 *
 * @throws SessionsError STORE_DAMAGED, STORE_UNREADABLE; STORE_BUSY when it is written in place over and over
 */
export function holdStore(path: string, options: HoldOptions): HeldStore {
  return withoutHaste(() => {
    const readAtMs = options.now();
    const file = openStoreFile(path);
    if (file === undefined) return { state: 'absent', rows: [], [Symbol.dispose]: () => undefined };
    try {
      const { scanFromBytes } = options.read;
      return file.stat.size < scanFromBytes ? parsed(path, file, readAtMs) : scanned(path, file, readAtMs, options);
    } catch (error) {
      file[Symbol.dispose]();
      throw error instanceof SessionsError ? error : unreadable(path, error);
    }
  });
}

function parsed(path: string, file: OpenStoreFile & Disposable, readAtMs: number): PresentStore {
  const { entries, text, stat } = readWhole(path, file);
  file[Symbol.dispose]();
  const rows = Object.keys(entries).map((key): StoredRow => ({ key, entry: entries[key] }));
  return {
    state: 'present',
    stat,
    readAtMs,
    rows,
    entryAt: (index) => rows[index]?.entry,
    hasText: (pieces) => isText(pieces, [text]),
    isContentOf: (other) => readOrNothing(other) === text,
    [Symbol.dispose]: () => undefined,
  };
}

function scanned(
  path: string,
  file: OpenStoreFile & Disposable,
  readAtMs: number,
  { fields, read }: HoldOptions,
): PresentStore {
  // Nobody asks for the content of a store whose time stamp proves that it is the same.
  const digest = readAtMs - file.stat.mtimeMs < racyMs ? createHash('sha256') : undefined;
  const { chunkBytes } = read;
  const options = { wanted: fields, chunkBytes, onBytes: (bytes: Uint8Array) => digest?.update(bytes) };
  const rows = [...scanEntries(path, file, options, rowOf).values()];
  const content = digest?.digest('hex');
  const readSpan = createSpanReader(file.fd, chunkBytes);
  return {
    state: 'present',
    stat: file.stat,
    readAtMs,
    rows,
    entryAt: (index) => {
      const { start = 0, end = 0 } = rows[index] ?? {};
      try {
        return JSON.parse(readSpan(start, end)) as unknown;
      } catch (error) {
        // It was valid when it was scanned.
        throw error instanceof SyntaxError ? changedWhileRead(path) : unreadable(path, error);
      }
    },
    hasText: (pieces) => isText(pieces, textOf(file.fd, chunkBytes)),
    isContentOf: (other) => content !== undefined && digestOf(other, chunkBytes) === content,
    [Symbol.dispose]: () => {
      file[Symbol.dispose]();
    },
  };
}

interface ScannedRow extends StoredRow {
  /** Where the entry lies in the file. */
  readonly start: number;
  readonly end: number;
}

/** What was captured of an entry; one that is no object has no fields, and nothing of it is looked at. */
function rowOf({ key, start, end, fields }: CurrentMember): ScannedRow {
  return { key, start, end, entry: fields === undefined ? null : (JSON.parse(fields) as unknown) };
}

/** Reads parts of a file that mostly follow one another: a larger piece at a time. */
function createSpanReader(fd: number, windowBytes: number): (start: number, end: number) => string {
  let buffer: Buffer = Buffer.alloc(0);
  let window = buffer;
  let windowStart = 0;
  return (start, end) => {
    if (start < windowStart || end > windowStart + window.length) {
      const length = Math.max(windowBytes, end - start);
      if (buffer.length < length) buffer = Buffer.allocUnsafe(length);
      window = readInto(buffer, fd, start);
      windowStart = start;
    }
    return window.toString('utf8', start - windowStart, end - windowStart);
  };
}

/** Fills the buffer from a place in the file on, as far as the file goes. Returns the part that was filled. */
function readInto(buffer: Buffer, fd: number, start: number): Buffer {
  let filled = 0;
  while (filled < buffer.length) {
    const read = fs.readSync(fd, buffer, filled, buffer.length - filled, start + filled);
    if (read === 0) break;
    filled += read;
  }
  return buffer.subarray(0, filled);
}

/** Compares two texts that come in pieces of any length. */
function isText(pieces: Iterable<string>, stored: Iterable<string>): boolean {
  const others = stored[Symbol.iterator]();
  let rest = '';
  for (const piece of pieces) {
    while (rest.length < piece.length) {
      const next = others.next();
      if (next.done === true) return false;
      rest += next.value;
    }
    if (!rest.startsWith(piece)) return false;
    rest = rest.slice(piece.length);
  }
  return rest === '' && others.next().done === true;
}

function* textOf(fd: number, chunkBytes: number): Generator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const buffer = Buffer.allocUnsafe(chunkBytes);
  for (let position = 0; ;) {
    const chunk = readInto(buffer, fd, position);
    position += chunk.length;
    const text = decoder.decode(chunk, { stream: chunk.length > 0 });
    if (text !== '') yield text;
    if (chunk.length === 0) return;
  }
}

function readOrNothing(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function digestOf(path: string, chunkBytes: number): string | undefined {
  try {
    const fd = fs.openSync(path, 'r');
    try {
      const digest = createHash('sha256');
      const buffer = Buffer.allocUnsafe(chunkBytes);
      for (let position = 0; ;) {
        const chunk = readInto(buffer, fd, position);
        if (chunk.length === 0) return digest.digest('hex');
        digest.update(chunk);
        position += chunk.length;
      }
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
