import { SessionsError } from '../errors.ts';
import type { Flags } from '../program.ts';

/**
 * Checks `--timeout`, in milliseconds; text as in 2026.9.6.
 *
 * @throws SessionsError USAGE
 */
export function readTimeout({ timeout }: Pick<Flags, 'timeout'>): { readonly timeoutMs?: number } {
  const timeoutMs = readCount(timeout, '--timeout must be a positive integer (milliseconds).');
  return timeoutMs === undefined ? {} : { timeoutMs };
}

/** A positive whole number, or undefined when the option is absent. */
export function readCount(value: string | undefined, message: string): number | undefined {
  if (value === undefined) return undefined;
  const count = /^[0-9]+$/.test(value.trim()) ? Number(value) : 0;
  // Timers cannot wait longer than 2^31 ms; no transcript has more lines either.
  if (count > 0 && count < 2 ** 31) return count;
  throw new SessionsError('USAGE', message);
}
