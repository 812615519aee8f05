import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../json.ts';
import { maxDepth, tooDeep } from './depth.ts';
import { mayHoldCredentials, mayHoldSchemes } from './hints.ts';
import { replaceJsonWebTokens } from './json-web-token.ts';

/**
 * Takes credentials out of a JSON value by where they stand, as OpenClaw 2026.5.12 does before it records or exports:
 * members named as credentials are removed, `{name: "API_KEY", value}` loses its value, image data is replaced by its
 * size and digest, and strings lose bearer tokens, JSON web tokens and long `name=value` assignments. Keys keep their
 * order. A value that went through it before stays as it is.
 */
export function sanitizePayload(value: unknown): unknown {
  return sanitize(value, 0);
}

function sanitize(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return sanitizeText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === maxDepth) return tooDeep;
  if (Array.isArray(value)) return sanitizeItems(value, depth + 1);
  return isJsonObject(value) ? sanitizeObject(value, depth + 1) : value;
}

/** What has nothing to hide is given back as it is: nearly all of a transcript. */
function sanitizeItems(items: readonly unknown[], depth: number): readonly unknown[] {
  const changed: unknown[] = [];
  let isSame = true;
  for (const item of items) {
    const other = sanitize(item, depth);
    changed.push(other);
    if (other !== item) isSame = false;
  }
  return isSame ? items : changed;
}

function sanitizeObject(object: JsonObject, depth: number): JsonObject {
  const naming = typeof object['name'] === 'string' ? object['name'] : object['key'];
  const isNamedCredential = typeof naming === 'string' && isCredentialName(naming);
  const image = isImage(object) ? object['data'] : undefined;
  const members: [string, unknown][] = [];
  let isSame = true;
  for (const key of Object.keys(object)) {
    const member = object[key];
    if (isCredentialName(key)) {
      isSame = false;
      continue;
    }
    const isHidden = (isNamedCredential && key === 'value') || (image !== undefined && key === 'data');
    const other = isHidden ? redacted : sanitize(member, depth);
    members.push([key, other]);
    if (other !== member) isSame = false;
  }
  if (isSame) return object;
  // fromEntries, not assignment: `__proto__` is a key like any other.
  const result = Object.fromEntries(members);
  // Data that is gone already keeps the size and digest that were taken of the image itself.
  if (image === undefined || image === redacted) return result;
  return { ...result, bytes: decodedBytes(image), sha256: createHash('sha256').update(image).digest('hex') };
}

const redacted = '<redacted>';

function isCredentialName(name: string): boolean {
  const plain = name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
  if (plain === 'passwordfile' || /^token(?:budget|count|field|limit|s)$/.test(plain)) return false;
  return (
    plain === 'authorization' ||
    plain === 'proxyauthorization' ||
    /(?:apikey|password|passwd|passphrase|secret|secretkey|token)$/.test(plain)
  );
}

function isImage(object: JsonObject): object is JsonObject & { readonly data: string } {
  if (typeof object['data'] !== 'string') return false;
  const { type } = object;
  if (typeof type === 'string' && type.toLowerCase() === 'image') return true;
  return ['mimeType', 'media_type', 'mime_type'].some((key) => {
    const mediaType = object[key];
    return typeof mediaType === 'string' && mediaType.toLowerCase().startsWith('image/');
  });
}

/** The size of what a base64 text stands for; blanks in it do not count. */
function decodedBytes(base64: string): number {
  const text = base64.replace(/\s/g, '');
  const padding = /={0,2}$/.exec(text)?.[0].length ?? 0;
  return Math.max(0, Math.floor((text.length * 3) / 4) - padding);
}

function sanitizeText(text: string): string {
  // The shortest match there is: `Basic`, a blank and eight more.
  if (text.length < 14 || !mayHoldCredentials(text)) return text;
  let result = text;
  if (mayHoldSchemes(result)) {
    result = result.replace(credentialBehindScheme, `$1 ${redacted}`);
  }
  result = replaceJsonWebTokens(result, /\beyJ/i, () => '<redacted-jwt>');
  return result.includes('=') ? sanitizeAssignments(result) : result;
}

/** As in an `Authorization` header. */
export const credentialBehindScheme = /\b(Bearer|Basic)\s+[A-Za-z0-9+/._~=-]{8}[A-Za-z0-9+/._~=-]*/gi;

/**
 * `name=value` with a value of 16 or more that reaches to a semicolon, a blank or the end becomes `name=<redacted>`.
 *
 * Names and values are made of the same characters. What follows the value is looked at afterwards: an expression that
 * asks for it would read `a=a=a=…&` to its end for every `=`.
 */
function sanitizeAssignments(text: string): string {
  return text.replace(/=(?<=\b[A-Za-z][\w.-]{1,64}=)[\w+/.~%=-]{16}[\w+/.~%=-]*/g, (value, offset: number) =>
    /^[;\s]?$/.test(text.charAt(offset + value.length)) ? `=${redacted}` : value,
  );
}
