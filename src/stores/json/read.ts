import fs from 'node:fs';
import { findJsonDamage } from '../../core/json-damage.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { damaged, type OpenStoreFile, withStoreFile } from './open.ts';

/** A store file as it was read: absent, or present with everything a later comparison needs. */
export type JsonStoreFile =
  | { readonly state: 'absent' }
  | { readonly state: 'present'; readonly entries: JsonObject; readonly text: string; readonly stat: fs.Stats };

/**
 * Reads a whole `sessions.json`. Never writes, never locks. Bytes that are not UTF-8 become U+FFFD, as in OpenClaw
 * 2026.5.12.
 *
 * A missing file is no damage. Whatever else is not a JSON object is, and is never taken for an empty store (V1).
 *
 * @throws SessionsError STORE_DAMAGED (not JSON, empty, a byte-order mark, not an object), STORE_UNREADABLE
 */
export function readJsonStore(path: string): JsonStoreFile {
  return withStoreFile(path, (file) => readWhole(path, file)) ?? { state: 'absent' };
}

/** The same for a store that is open already. */
export function readWhole(path: string, { fd, stat }: OpenStoreFile): JsonStoreFile & { readonly state: 'present' } {
  const text = fs.readFileSync(fd, 'utf8');
  return { state: 'present', entries: parseStore(path, text), text, stat };
}

function parseStore(path: string, text: string): JsonObject {
  if (text === '') throw damaged(path, 'the file is empty');
  if (text.startsWith('\ufeff')) throw damaged(path, 'it begins with a byte-order mark', { line: 1, column: 1 });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const damage = findJsonDamage(text);
    if (damage === undefined) throw error;
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
