import { SessionsError } from '../errors.ts';
import type { Flags } from '../program.ts';

export interface ListOptions {
  /** Null without `--active`. */
  readonly activeMinutes: number | null;
  /** Null for `--limit all`. */
  readonly limit: number | null;
}

const defaultLimit = 100;

/**
 * Checks the values of a listing, `--active` before `--limit`; texts as in OpenClaw 2026.5.12. Digits only (V18).
 *
 * @throws SessionsError USAGE
 */
export function readListOptions(flags: Pick<Flags, 'active' | 'limit'>): ListOptions {
  return { activeMinutes: readActive(flags.active), limit: readLimit(flags.limit) };
}

function readActive(value: string | undefined): number | null {
  if (value === undefined) return null;
  const minutes = positiveInteger(value.trim());
  if (minutes !== undefined) return minutes;
  throw new SessionsError('USAGE', '--active must be a positive number of minutes, for example --active 30.');
}

function readLimit(value: string | undefined): number | null {
  if (value === undefined) return defaultLimit;
  const text = value.trim();
  if (text.toLowerCase() === 'all') return null;
  const limit = positiveInteger(text);
  if (limit !== undefined) return limit;
  throw new SessionsError('USAGE', '--limit must be a positive integer or "all", for example --limit 25.');
}

function positiveInteger(text: string): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const value = Number(text);
  return value > 0 ? value : undefined;
}
