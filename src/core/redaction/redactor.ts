import { isJsonObject, type JsonObject } from '../json.ts';
import { maxDepth, tooDeep } from './depth.ts';
import { createPathRedaction, type LocalFolders } from './paths.ts';
import { maskSecrets } from './secrets.ts';
import { redactSupportText } from './support.ts';

/** Takes out of JSON values and texts what a stranger should not read (docs/redaction.md). */
export interface Redactor {
  /**
   * Folders are replaced by names. A text that shows a local path loses addresses, numbers and credentials too and is cut
   * at 2000 UTF-16 units, as in OpenClaw 2026.5.12; every other text loses its secrets only (V12).
   */
  text(text: string): string;
  /** Every text in a JSON value; secrets in object keys too. */
  value(value: unknown): unknown;
  /** The same, but secrets only: texts that are no paths by their meaning, such as keys and ids. */
  secrets(value: unknown): unknown;
  /** A path of our own: its folders only, never its names. */
  path(path: string): string;
}

export function createRedactor(folders: LocalFolders): Redactor {
  const paths = createPathRedaction(folders);
  const text = (original: string): string => {
    const named = paths.replaceWorkspace(original);
    if (named !== original || paths.showsLocalPath(named)) return redactSupportText(named, paths);
    return maskSecrets(named);
  };
  return {
    text,
    value: (value) => mapTexts(value, text, 0),
    secrets: (value) => mapTexts(value, maskSecrets, 0),
    path(original) {
      const named = paths.replaceWorkspace(original);
      return named === original ? paths.replaceHomes(named).text : named;
    },
  };
}

function mapTexts(value: unknown, change: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === maxDepth) return tooDeep;
  if (Array.isArray(value)) return mapItems(value, change, depth + 1);
  return isJsonObject(value) ? mapMembers(value, change, depth + 1) : value;
}

/** What has nothing to hide is given back as it is: nearly all of a transcript. */
function mapItems(items: readonly unknown[], change: (text: string) => string, depth: number): readonly unknown[] {
  const changed: unknown[] = [];
  let isSame = true;
  for (const item of items) {
    const other = mapTexts(item, change, depth);
    changed.push(other);
    if (other !== item) isSame = false;
  }
  return isSame ? items : changed;
}

function mapMembers(object: JsonObject, change: (text: string) => string, depth: number): JsonObject {
  const keys = Object.keys(object);
  const changed: unknown[] = [];
  let isSame = true;
  for (const key of keys) {
    const member = object[key];
    const other = isSecretField(key) ? maskField(member) : mapTexts(member, change, depth);
    changed.push(other);
    if (other !== member) isSame = false;
  }
  const newKeys = uniqueKeys(keys);
  if (isSame && newKeys === keys) return object;
  return Object.fromEntries(newKeys.map((key, index) => [key, changed[index]]));
}

/** Keys without their secrets. */
function uniqueKeys(keys: readonly string[]): readonly string[] {
  if (!keys.some(holdsSecret)) return keys;
  const taken = new Set<string>();
  return keys.map((key) => uniqueKey(maskSecrets(key), taken));
}

const holdsSecret = (key: string): boolean => maskSecrets(key) !== key;

/** Two keys whose secrets leave the same mask must not become one: `***`, `***#2`. */
function uniqueKey(key: string, taken: Set<string>): string {
  let unique = key;
  for (let count = 2; taken.has(unique); count++) unique = `${key}#${count}`;
  taken.add(unique);
  return unique;
}

/** Names that mean a secret and that the payload rules leave in place. */
function isSecretField(key: string): boolean {
  return /^(?:(?:set)?cookies?|(?:ssh|tls|client)?privatekey(?:pem)?|credential|jwt)$/.test(
    key.replace(/[^A-Za-z]/g, '').toLowerCase(),
  );
}

/** What is shorter than 8 is a word, such as a mode or a state. */
function maskField(value: unknown): unknown {
  if (typeof value === 'string') return value.length < 8 ? value : '***';
  return Array.isArray(value) ? value.map(maskField) : value === null || typeof value !== 'object' ? value : '***';
}
