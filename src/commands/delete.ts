import { readGatewayOptions, readKeys } from '../options/manage.ts';
import { gatewayKeeper, withGateway } from './gateway-sessions.ts';
import { manageSessions } from './manage.ts';
import type { RunCommand } from './types.ts';

/** `sessions delete`: removes sessions through the Gateway, which puts their transcripts aside. */
export const deleteSessions: RunCommand = async (flags, args, context) => {
  const options = await readGatewayOptions(flags, context.world);
  const keys = await readKeys(args, flags, context.world);
  return withGateway(flags, options, context, (methods, connection) => {
    const keeper = gatewayKeeper('delete', options, methods, connection);
    return manageSessions({ operation: 'delete', keys, agentId: options.agentId, flags }, keeper, context);
  });
};
