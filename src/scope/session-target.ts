import type { State } from '../config/state.ts';
import { mainAgentId, normalizeAgentId } from '../core/agent-id.ts';
import { parseAgentKey } from '../core/session-key.ts';
import type { StoreTarget } from '../stores/types.ts';
import { storePath } from './store-path.ts';

/**
 * The store that holds one session: the one named, else that of the agent named, else that of the agent in the key, else
 * that of `main`. The agent need not be configured (OpenClaw 2026.5.12); `session.store` counts (2026.7.35).
 */
export function targetOfSession(
  {
    sessionKey,
    agent,
    store,
  }: { readonly sessionKey: string; readonly agent?: string | undefined; readonly store?: string | undefined },
  state: State,
  cwd: string,
): StoreTarget {
  const agentId = normalizeAgentId(agent ?? parseAgentKey(sessionKey)?.agentId ?? mainAgentId);
  const path = storePath(store ?? state.config.session?.store, agentId, state, cwd);
  return { agentId, path, ...(store === undefined ? {} : { isNamed: true }) };
}
