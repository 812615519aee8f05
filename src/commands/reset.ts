import { SessionsError } from '../errors.ts';
import { checkAnswerable, readGatewayOptions, readKeys } from '../options/manage.ts';
import { gatewayKeeper, withGateway } from './gateway-sessions.ts';
import { manageSessions } from './manage.ts';
import type { RunCommand } from './types.ts';

/** `sessions reset`: lets sessions start afresh under their keys, through the Gateway. Unknown keys are not created. */
export const reset: RunCommand = async (flags, args, context) => {
  const reason = readReason(flags.reason);
  checkAnswerable('reset', flags, context.world);
  const options = await readGatewayOptions(flags, context.world);
  const keys = await readKeys(`${context.programName} reset`, args, flags, context.world);
  return withGateway(flags, options, context, (methods, connection) => {
    const keeper = gatewayKeeper('reset', { ...options, reason }, methods, connection);
    return manageSessions({ operation: 'reset', keys, agentId: options.agentId, flags }, keeper, context);
  });
};

function readReason(value: string | undefined): 'new' | 'reset' | undefined {
  if (value === undefined || value === 'new' || value === 'reset') return value;
  throw new SessionsError('USAGE', '--reason must be "new" or "reset", for example --reason new.');
}
