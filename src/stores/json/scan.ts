import fs from 'node:fs';
import { damageAt } from '../../core/json-damage.ts';
import {
  createJsonScanner,
  type CurrentMember,
  JsonSyntaxError,
  type ScannedMember,
  type TopLevel,
} from '../../core/json-scan.ts';
import { SessionsError } from '../../errors.ts';
import { damaged, type OpenStoreFile } from './open.ts';

/** Entries of a large store by key: where each lies, and the wanted fields of it. In the order JSON.parse would give. */
export type ScannedEntries = ReadonlyMap<string, ScannedMember>;

/** How a store is scanned. */
export interface ScanOptions {
  /** Fields of the entries to capture. */
  readonly wanted: Iterable<string>;
  /** Bytes read at once. */
  readonly chunkBytes: number;
  /** Sees every piece of the file, in order; it is overwritten afterwards. */
  readonly onBytes?: (bytes: Uint8Array) => void;
}

/**
 * Reads a store in pieces, in flat memory, however large it is: the same verdict on damage, the same keys in the same
 * order and the same values as parsing it whole (contract: test/store/json-store.test.ts).
 *
 * @throws SessionsError STORE_DAMAGED, STORE_BUSY when the file was written in place while it was read
 */
export function scanStore(path: string, file: OpenStoreFile, options: ScanOptions): ScannedEntries {
  return scanEntries(path, file, options, ({ key, start, end, fields }) => ({ key, start, end, fields }));
}

/** The same, keeping of each entry what `take` makes of it. */
export function scanEntries<T>(
  path: string,
  file: OpenStoreFile,
  options: ScanOptions,
  take: (member: CurrentMember) => T,
): ReadonlyMap<string, T> {
  const keys: string[] = [];
  const values: T[] = [];
  scanMembers(path, file, options, (member) => {
    keys.push(member.key);
    values.push(take(member));
  });
  // A Map keeps a repeated key at the place of its first value, as an object does. It is made when all keys are there:
  // made key by key, the garbage collector carries it about while it grows.
  const entries = new Map<string, T>();
  for (const [index, key] of keys.entries()) entries.set(key, values[index] as T);
  return integersFirst(entries);
}

/** The same as the file has them: a key may come more than once, and then the last counts, at the place of the first. */
export function scanMembers(
  path: string,
  { fd, stat }: OpenStoreFile,
  { wanted, chunkBytes, onBytes }: ScanOptions,
  onMember: (member: CurrentMember) => void,
): void {
  const scanner = createJsonScanner(new Set(wanted), onMember);
  refuseBeginning(path, fd);
  try {
    for (const chunk of chunksOf(fd, chunkBytes)) {
      scanner.write(chunk, chunk.length);
      onBytes?.(chunk);
    }
    refuseOtherThanObject(path, scanner.end());
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { line, column, reason } = damageAt(chunksOf(fd, chunkBytes), error);
    throw damaged(path, `not valid JSON at line ${line}, column ${column}: ${reason}`, { line, column });
  }
  refuseChanged(path, stat, fs.fstatSync(fd));
}

/** Parses the value of one entry. */
export function readEntry({ fd }: OpenStoreFile, { start, end }: Pick<ScannedMember, 'start' | 'end'>): unknown {
  const bytes = Buffer.allocUnsafe(end - start);
  for (let at = 0; at < bytes.length;) {
    const read = fs.readSync(fd, bytes, at, bytes.length - at, start + at);
    if (read === 0) throw new Error('the file became shorter while it was read');
    at += read;
  }
  return JSON.parse(bytes.toString('utf8'));
}

/** The file from its beginning; every piece is overwritten by the next. */
function* chunksOf(fd: number, size: number): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(size);
  for (let position = 0; ;) {
    const read = fs.readSync(fd, buffer, 0, size, position);
    if (read === 0) return;
    position += read;
    yield buffer.subarray(0, read);
  }
}

function refuseBeginning(path: string, fd: number): void {
  const beginning = Buffer.alloc(3);
  if (fs.readSync(fd, beginning, 0, 3, 0) === 0) throw damaged(path, 'the file is empty');
  if (beginning.toString('utf8') === '\ufeff') {
    throw damaged(path, 'it begins with a byte-order mark', { line: 1, column: 1 });
  }
}

function refuseOtherThanObject(path: string, topLevel: TopLevel): void {
  if (topLevel === 'object') return;
  const name = topLevel === 'null' ? 'null' : `${topLevel === 'array' ? 'an' : 'a'} ${topLevel}`;
  throw damaged(path, `it holds ${name} instead of an object`);
}

/** OpenClaw replaces a store by rename, which an open descriptor does not see; a store written in place cannot be trusted. */
function refuseChanged(path: string, before: fs.Stats, after: fs.Stats): void {
  if (before.size !== after.size || before.mtimeMs !== after.mtimeMs) throw changedWhileRead(path);
}

export function changedWhileRead(path: string): SessionsError {
  return new SessionsError('STORE_BUSY', `Session store changed while it was read: ${path}`, {
    hint: 'Try again.',
    details: { path },
  });
}

function integersFirst<T>(entries: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const indexes = [...entries.keys()].filter(isIndexKey);
  if (indexes.length === 0) return entries;
  indexes.sort((a, b) => Number(a) - Number(b));
  const others = [...entries].filter(([key]) => !isIndexKey(key));
  return new Map([...indexes.map((key) => [key, entries.get(key) as T] as const), ...others]);
}

/** Keys that are whole numbers below 2^32 - 1 come first in an object, ascending, wherever they stand in the file. */
export function isIndexKey(key: string): boolean {
  return /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1;
}
