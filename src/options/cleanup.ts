import { parseDurationMs } from '../core/duration.ts';
import { SessionsError } from '../errors.ts';
import type { Flags } from '../program.ts';

const defaultLockTimeoutMs = 30_000;

/**
 * Refuses a blank `--active-key`: an unset shell variable must not take the protection away (V17).
 *
 * @throws SessionsError USAGE
 */
export function checkActiveKey({ activeKey }: Pick<Flags, 'activeKey'>): void {
  if (activeKey?.trim() === '') throw new SessionsError('USAGE', '--active-key must not be blank');
}

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
