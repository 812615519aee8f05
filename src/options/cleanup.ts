import { SessionsError } from '../errors.ts';
import type { Flags } from '../program.ts';

/**
 * Refuses a blank `--active-key`: an unset shell variable must not take the protection away (V17).
 *
 * @throws SessionsError USAGE
 */
export function checkActiveKey({ activeKey }: Pick<Flags, 'activeKey'>): void {
  if (activeKey?.trim() === '') throw new SessionsError('USAGE', '--active-key must not be blank');
}
