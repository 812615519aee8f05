import { readLockTimeoutMs } from '../options/limits.ts';
import { checkAnswerable, readGatewayOptions, readKeys } from '../options/manage.ts';
import { gatewayKeeper, withGateway } from './gateway-sessions.ts';
import { manageSessions } from './manage.ts';
import type { RunCommand } from './types.ts';

/** `sessions delete`: removes sessions, through the Gateway or from a store file; their transcripts are put aside. */
export const deleteSessions: RunCommand = async (flags, args, context) => {
  // Before what it is not needed for, too: a Gateway.
  const lockTimeoutMs = readLockTimeoutMs(flags);
  checkAnswerable('delete', flags, context.world);
  const keys = await readKeys(`${context.programName} delete`, args, flags, context.world);
  if (flags.store !== undefined)
    return (await import('./delete-here.ts')).deleteHere(keys, lockTimeoutMs, flags, context);
  const options = await readGatewayOptions(flags, context.world);
  return withGateway(flags, options, context, (methods, connection) => {
    const keeper = gatewayKeeper('delete', options, methods, connection);
    return manageSessions({ operation: 'delete', keys, agentId: options.agentId, flags }, keeper, context);
  });
};
