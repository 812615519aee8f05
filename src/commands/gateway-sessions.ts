import { loadState } from '../config/state.ts';
import type { Operation } from '../core/manage/plan.ts';
import { type KeyResult, notFound, wouldDo } from '../core/manage/plan.ts';
import type { GatewayConnection } from '../gateway/client.ts';
import { type DialPlan, openGateway, planDial } from '../gateway/dial.ts';
import type { SessionMethods } from '../gateway/session-methods.ts';
import type { GatewayOptions } from '../options/manage.ts';
import { type Flags, version } from '../program.ts';
import { failed, oneByOne, type SessionKeeper, type ToDo } from './manage.ts';
import type { Context } from './types.ts';

/**
 * Finds the Gateway, connects, works, and closes the connection whatever happens.
 *
 * @throws SessionsError as planDial and openGateway
 */
export async function withGateway<Result>(
  flags: Flags,
  options: GatewayOptions,
  context: Context,
  work: (methods: SessionMethods, connection: GatewayConnection) => Promise<Result>,
): Promise<Result> {
  const { world, messages } = context;
  const state = await loadState(world, flags);
  for (const warning of state.warnings) messages.notice(warning);
  const connection = await openGateway(await planDial(state, options, world, dialProgram(context)));
  messages.detail(`gateway: connected to OpenClaw ${connection.hello.version}`);
  const { createSessionMethods, defaultTimeouts } = await import('../gateway/session-methods.ts');
  const { timeoutMs } = options;
  const timeouts = timeoutMs === undefined ? defaultTimeouts : { readMs: timeoutMs, writeMs: timeoutMs };
  try {
    return await work(createSessionMethods(connection, timeouts), connection);
  } finally {
    await connection.close();
  }
}

/** What a dial needs to know of this program and how it talks. */
export function dialProgram({ messages }: Context): Pick<DialPlan, 'version' | 'notice' | 'detail'> {
  return {
    version,
    notice: (line) => {
      messages.notice(line);
    },
    detail: (line) => {
      messages.detail(line);
    },
  };
}

/** The sessions of a Gateway, for one operation. */
export function gatewayKeeper(
  operation: Operation,
  { agentId, reason }: { readonly agentId: string | undefined; readonly reason?: 'new' | 'reset' | undefined },
  methods: SessionMethods,
  connection: GatewayConnection,
): SessionKeeper {
  return {
    mainKey: connection.hello.mainKey,
    find: (key) => methods.find(key, agentId),
    isEnded: () => connection.isEnded(),
    rehearse: (todo) => {
      const unable = operation === 'archive' ? methods.noArchive : undefined;
      return Promise.resolve(
        todo.map(({ key }) => (unable === undefined ? wouldDo(operation, key) : failed(key, unable))),
      );
    },
    perform: (todo) => oneByOne(todo, performOne, connection.isEnded),
  };

  async function performOne({ key, session }: ToDo): Promise<KeyResult> {
    switch (operation) {
      case 'archive':
        await methods.archive(session, agentId);
        return { key, ok: true, status: 'archived' };
      case 'reset':
        await methods.reset(session, agentId, reason);
        return { key, ok: true, status: 'reset' };
      case 'delete': {
        const { isDeleted, archived } = await methods.delete(session, agentId);
        // Gone between looking and deleting.
        if (!isDeleted) return notFound(key, agentId);
        return { key, ok: true, status: 'deleted', ...(archived.length === 0 ? {} : { archived }) };
      }
    }
  }
}
