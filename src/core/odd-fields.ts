import { isJsonObject, toNumber } from './json.ts';

/** A stored value that counts for nothing because it is of the wrong type (V7, docs/deviations.md). */
export interface OddField {
  readonly key: string;
  /** Undefined when the whole entry is no object. */
  readonly field: string | undefined;
  readonly value: unknown;
  readonly expected: 'a text' | 'a number' | 'an object';
}

/**
 * Finds what a listing or a cleanup passes over in these rows, row by row. Absent and null fields are not odd, nor are
 * fields that are only passed on. An `updatedAt` in digits counts as its number.
 */
export function findOddFields(rows: Iterable<{ readonly key: string; readonly entry: unknown }>): readonly OddField[] {
  const odd: OddField[] = [];
  for (const { key, entry } of rows) {
    if (!isJsonObject(entry)) odd.push({ key, field: undefined, value: entry, expected: 'an object' });
    else {
      for (const [field, { expected, fits }] of usedFields) {
        const value = entry[field] ?? undefined;
        if (value !== undefined && !fits(value)) odd.push({ key, field, value, expected });
      }
    }
  }
  return odd;
}

interface UsedField {
  readonly expected: 'a text' | 'a number';
  readonly fits: (value: unknown) => boolean;
}

const text: UsedField = { expected: 'a text', fits: (value) => typeof value === 'string' };
const number: UsedField = { expected: 'a number', fits: (value) => typeof value === 'number' };

const usedFields: readonly (readonly [string, UsedField])[] = [
  ['updatedAt', { expected: 'a number', fits: (value) => !Number.isNaN(toNumber(value)) }],
  ['sessionId', text],
  ['sessionFile', text],
  ['chatType', text],
  ['model', text],
  ['modelProvider', text],
  ['modelOverride', text],
  ['providerOverride', text],
  ['totalTokens', number],
  ['contextTokens', number],
];
