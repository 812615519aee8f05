import { parseDurationMs } from '../core/duration.ts';
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

const defaultLockTimeoutMs = 30_000;

/**
 * Checks `--lock-timeout`: a duration, a bare number in seconds, 0 for not waiting at all.
 *
 * @throws SessionsError USAGE
 */
export function readLockTimeoutMs({ lockTimeout }: Pick<Flags, 'lockTimeout'>): number {
  if (lockTimeout === undefined) return defaultLockTimeoutMs;
  const timeoutMs = parseDurationMs(lockTimeout, 's');
  if (timeoutMs !== undefined) return timeoutMs;
  throw new SessionsError(
    'USAGE',
    `--lock-timeout must be a duration such as 30s or 2m, or a number of seconds, not "${lockTimeout}".`,
  );
}

/** A positive whole number, or undefined when the option is absent. */
export function readCount(value: string | undefined, message: string): number | undefined {
  if (value === undefined) return undefined;
  const count = /^[0-9]+$/.test(value.trim()) ? Number(value) : 0;
  // Timers cannot wait longer than 2^31 ms; no transcript has more lines either.
  if (count > 0 && count < 2 ** 31) return count;
  throw new SessionsError('USAGE', message);
}
