import { readGatewayOptions, readKeys } from '../options/manage.ts';
import { gatewayKeeper, withGateway } from './gateway-sessions.ts';
import { manageSessions } from './manage.ts';
import type { RunCommand } from './types.ts';

/** `sessions archive`: hides sessions from the daily list, through the Gateway. They keep their transcripts. */
export const archive: RunCommand = async (flags, args, context) => {
  const options = await readGatewayOptions(flags, context.world);
  const keys = await readKeys(`${context.programName} archive`, args, flags, context.world);
  return withGateway(flags, options, context, (methods, connection) => {
    const keeper = gatewayKeeper('archive', options, methods, connection);
    return manageSessions({ operation: 'archive', keys, agentId: options.agentId, flags }, keeper, context);
  });
};
