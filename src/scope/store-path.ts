import path from 'node:path';
import type { State } from '../config/state.ts';

/**
 * The absolute path of an agent's store: `{agentId}` (with this case) replaced, a leading `~` expanded, relative paths
 * against the working directory. Not trimmed; `$NAME` stays (OpenClaw 2026.5.12).
 *
 * @param template `--store` or `session.store`; empty or absent means the default place in the state folder
 */
export function storePath(
  template: string | undefined,
  agentId: string,
  { homeDir, stateDir }: Pick<State, 'homeDir' | 'stateDir'>,
  cwd: string,
): string {
  if (template === undefined || template === '') {
    return path.join(stateDir, 'agents', agentId, 'sessions', 'sessions.json');
  }
  const named = template.replaceAll('{agentId}', () => agentId);
  return path.resolve(cwd, /^~(?=$|[/\\])/.test(named) ? path.join(homeDir, named.slice(1)) : named);
}
