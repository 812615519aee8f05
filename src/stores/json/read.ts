import fs from 'node:fs';
import { findJsonDamage } from '../../core/json-damage.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { SessionsError } from '../../errors.ts';

/** A store file as it was read: absent, or present with everything a later comparison needs. */
export type JsonStoreFile =
  | { readonly state: 'absent' }
  | { readonly state: 'present'; readonly entries: JsonObject; readonly text: string; readonly stat: fs.Stats };

/**
 * Reads a `sessions.json`. Never writes, never locks; one descriptor, so that a store replaced meanwhile is still read
 * whole. Bytes that are not UTF-8 become U+FFFD, as in OpenClaw 2026.5.12.
 *
 * A missing file is no damage. Whatever else is not a JSON object is, and is never taken for an empty store (V1).
 *
 * @throws SessionsError STORE_DAMAGED (not JSON, empty, a byte-order mark, not an object), STORE_UNREADABLE (no
 *   permission, a folder, no regular file, a disk error, larger than the runtime can hold)
 */
export function readJsonStore(path: string): JsonStoreFile {
  let fd: number;
  try {
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { state: 'absent' };
    throw unreadable(path, error);
  }
  try {
    const stat = fs.fstatSync(fd);
    if (stat.isDirectory()) throw unreadable(path, 'it is a folder');
    if (!stat.isFile()) throw unreadable(path, 'it is not a regular file');
    const text = fs.readFileSync(fd, 'utf8');
    return { state: 'present', entries: parseStore(path, text), text, stat };
  } catch (error) {
    throw error instanceof SessionsError ? error : unreadable(path, error);
  } finally {
    fs.closeSync(fd);
  }
}

function parseStore(path: string, text: string): JsonObject {
  if (text === '') throw damaged(path, 'the file is empty');
  if (text.startsWith('\ufeff')) throw damaged(path, 'it begins with a byte-order mark', { line: 1, column: 1 });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const damage = findJsonDamage(text);
    if (damage === undefined) throw unreadable(path, error);
    const { line, column, reason } = damage;
    throw damaged(path, `not valid JSON at line ${line}, column ${column}: ${reason}`, { line, column });
  }
  if (!isJsonObject(value)) throw damaged(path, `it holds ${typeName(value)} instead of an object`);
  return value;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

function damaged(path: string, reason: string, place: { line?: number; column?: number } = {}): SessionsError {
  return new SessionsError('STORE_DAMAGED', `Session store is damaged: ${path}: ${reason}`, {
    hint: 'Nothing was changed. Restore the file from a backup, or move it away to start with an empty store.',
    details: { path, ...place },
  });
}

function unreadable(path: string, cause: unknown): SessionsError {
  const reason = typeof cause === 'string' ? cause : describeReadError(path, cause);
  return new SessionsError('STORE_UNREADABLE', `Session store cannot be read: ${path}: ${reason}`, {
    hint: 'Nothing was changed.',
    details: { path },
    cause,
  });
}

function describeReadError(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return `permission denied${ownership(path)}`;
  if (code === 'ERR_STRING_TOO_LONG' || code === 'ERR_FS_FILE_TOO_LARGE')
    return 'it is larger than the runtime can hold';
  return message;
}

/** Owner and mode of the file, or of the nearest folder that can be looked at. */
function ownership(path: string): string {
  try {
    const { uid, mode } = fs.statSync(path);
    return ` (owner uid ${uid}, mode ${(mode & 0o777).toString(8).padStart(4, '0')}; run as that user)`;
  } catch {
    return ' (a folder above it may not be entered)';
  }
}
