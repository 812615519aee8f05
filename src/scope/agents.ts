import { mainAgentId, normalizeAgentId } from '../core/agent-id.ts';
import type { Config } from '../core/config.ts';

/** Normalised ids of the configured agents in config order, each once; `main` when none is configured. */
export function configuredAgentIds(config: Config): readonly string[] {
  const ids = (config.agents?.list ?? []).map(({ id }) => normalizeAgentId(id));
  return ids.length === 0 ? [mainAgentId] : [...new Set(ids)];
}

/** The agent meant when none is named: the first marked as default, else the first, else `main`. */
export function defaultAgentId(config: Config): string {
  const list = config.agents?.list ?? [];
  const chosen = list.find((agent) => agent.default) ?? list[0];
  return chosen === undefined ? mainAgentId : normalizeAgentId(chosen.id);
}
