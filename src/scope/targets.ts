import type { State } from '../config/state.ts';
import { normalizeAgentId } from '../core/agent-id.ts';
import { SessionsError } from '../errors.ts';
import type { Flags } from '../program.ts';
import type { StoreTarget } from '../stores/types.ts';
import { configuredAgentIds, defaultAgentId } from './agents.ts';
import { storePath } from './store-path.ts';

export type TargetFlags = Pick<Flags, 'store' | 'agent' | 'allAgents'>;

/** The stores a command is about, in order, each path once. */
export interface Scope {
  readonly targets: readonly StoreTarget[];
  /** True when every configured agent was asked for, even if there is only one. */
  readonly allAgents: boolean;
}

/**
 * Which stores are meant: one file, one configured agent, every configured agent, or the default agent. Agents that
 * share a store are one target; the first of them owns it.
 *
 * @throws SessionsError USAGE for blank values (V17) and options that exclude each other, UNKNOWN_AGENT; texts as in
 *   OpenClaw 2026.5.12, checked in its order
 */
export function selectTargets(flags: TargetFlags, state: State, cwd: string): Scope {
  checkTargetFlags(flags);
  const { config } = state;
  const target = (agentId: string, template = config.session?.store): StoreTarget => ({
    agentId,
    path: storePath(template, agentId, state, cwd),
  });
  if (flags.store !== undefined) {
    const named = { ...target(defaultAgentId(config), flags.store), isNamed: true };
    return { targets: [named], allAgents: false };
  }
  if (flags.allAgents === true) {
    const byPath = new Map<string, StoreTarget>();
    for (const each of configuredAgentIds(config).map((agentId) => target(agentId))) {
      const first = byPath.get(each.path);
      byPath.set(each.path, first === undefined ? each : withSharer(first, each.agentId));
    }
    return { targets: [...byPath.values()], allAgents: true };
  }
  const agentId = flags.agent === undefined ? defaultAgentId(config) : configuredAgent(flags.agent, state);
  return { targets: [target(agentId)], allAgents: false };
}

function withSharer(target: StoreTarget, agentId: string): StoreTarget {
  return { ...target, sharedBy: [...(target.sharedBy ?? []), agentId] };
}

/** Refuses blank values and combinations that contradict each other; needs no config. */
export function checkTargetFlags({ store, agent, allAgents }: TargetFlags): void {
  if (agent?.trim() === '') throw new SessionsError('USAGE', '--agent must not be blank');
  if (store?.trim() === '') throw new SessionsError('USAGE', '--store must not be blank');
  if (agent !== undefined && allAgents === true) {
    throw new SessionsError('USAGE', '--agent and --all-agents cannot be used together');
  }
  if (store !== undefined && (agent !== undefined || allAgents === true)) {
    throw new SessionsError('USAGE', '--store cannot be combined with --agent or --all-agents');
  }
}

function configuredAgent(typed: string, { config }: State): string {
  const agentId = normalizeAgentId(typed);
  if (configuredAgentIds(config).includes(agentId)) return agentId;
  throw new SessionsError(
    'UNKNOWN_AGENT',
    `Unknown agent id "${typed}". Use "openclaw agents list" to see configured agents.`,
  );
}
