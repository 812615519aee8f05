import type { OddField } from '../core/odd-fields.ts';
import { printableLine } from '../core/printable.ts';

const fewLines = 5;

/** What counts for nothing in a store, a line each: the first five, and how many more there are. */
export function oddFieldLines(storePath: string, odd: readonly OddField[]): readonly string[] {
  const lines = odd
    .slice(0, fewLines)
    .map(({ key, ...field }) => `Skipped in ${storePath}: ${printableLine(key)}: ${describe(field)}`);
  return odd.length > fewLines ? [...lines, `... and ${odd.length - fewLines} more in ${storePath}`] : lines;
}

function describe({ field, value, expected }: Omit<OddField, 'key'>): string {
  // Of a large store's entry that is no object nothing was read.
  if (field === undefined) return 'the entry is no object';
  return `${field} is ${nameOf(value)}, not ${expected}`;
}

function nameOf(value: unknown): string {
  if (typeof value === 'string' && value.length > 40) return 'a long text';
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
  return JSON.stringify(value);
}
