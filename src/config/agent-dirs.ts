import path from 'node:path';
import { normalizeAgentId } from '../core/agent-id.ts';
import type { AgentConfig } from '../core/config.ts';
import type { Issue } from './refusal.ts';

/**
 * Complains when two agents work in one agent folder, whether named or the default one, as OpenClaw 2026.5.12 does
 * before it looks at anything else.
 *
 * @param resolve makes an `agentDir` absolute
 */
export function findSharedAgentDirs(
  agents: readonly AgentConfig[],
  stateDir: string,
  resolve: (folder: string) => string,
): readonly Issue[] {
  const idsByFolder = new Map<string, Set<string>>();
  const seen = new Set<string>();
  for (const agent of agents) {
    const id = normalizeAgentId(agent.id);
    if (seen.has(id)) continue;
    seen.add(id);
    const named = agent.agentDir?.trim() ?? '';
    const folder = named === '' ? path.join(stateDir, 'agents', id, 'agent') : resolve(named);
    idsByFolder.set(folder, (idsByFolder.get(folder) ?? new Set()).add(id));
  }
  const shared = [...idsByFolder].filter(([, ids]) => ids.size > 1);
  if (shared.length === 0) return [];
  const conflicts = shared.map(([folder, ids]) => `- ${folder}: ${[...ids].map((id) => `"${id}"`).join(', ')}`);
  const lines = [
    'Duplicate agentDir detected (multi-agent config).',
    'Each agent must have a unique agentDir; sharing it causes auth/session state collisions and token invalidation.',
    '',
    'Conflicts:',
    ...conflicts,
    '',
    'Fix: remove the shared agents.list[].agentDir override (or give each agent its own directory).',
    'If you want to share credentials, copy auth-profiles.json instead of sharing the entire agentDir.',
  ];
  return [{ path: 'agents.list', message: lines.join('\n') }];
}
