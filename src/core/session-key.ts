/**
 * The grammar of session keys (docs/session-keys.md), as OpenClaw 2026.5.12 reads it.
 */

/** An `agent:<agentId>:<rest>` key, lower-cased, empty parts dropped. */
export interface AgentKey {
  readonly agentId: string;
  /** Everything after the agent id, parts joined by `:`. */
  readonly rest: string;
}

/**
 * Parses an agent key: trimmed, lower-cased, split at `:`, empty parts dropped; the first part is `agent`, the second the
 * agent id, and something follows; id and rest are trimmed and not blank. `Agent: Work :Main` is (work, main);
 * `agent::main` is none.
 */
export function parseAgentKey(key: string): AgentKey | undefined {
  const parts = withoutEmptyParts(key.trim().toLowerCase());
  if (!parts.startsWith('agent:')) return undefined;
  const afterId = parts.indexOf(':', 'agent:'.length);
  if (afterId === -1) return undefined;
  const agentId = parts.slice('agent:'.length, afterId).trim();
  const rest = parts.slice(afterId + 1).trim();
  return agentId !== '' && rest !== '' ? { agentId, rest } : undefined;
}

/** Nearly no key has any, and every row of a listing asks. */
function withoutEmptyParts(key: string): string {
  if (!key.includes('::') && !key.startsWith(':') && !key.endsWith(':')) return key;
  return key
    .split(':')
    .filter((part) => part !== '')
    .join(':');
}

export type SessionKind = 'global' | 'unknown' | 'cron' | 'group' | 'direct';

/**
 * The kind of a session by its key and the entry's `chatType`, first match wins: the sentinels are compared to the
 * letter, `:group:` and `:channel:` with their case, a cron key only behind an agent prefix.
 */
export function sessionKind(key: string, agentKey: AgentKey | undefined, chatType: unknown): SessionKind {
  if (key === 'global' || key === 'unknown') return key;
  if (agentKey?.rest.startsWith('cron:')) return 'cron';
  if (chatType === 'group' || chatType === 'channel') return 'group';
  if (key.includes(':group:') || key.includes(':channel:')) return 'group';
  return 'direct';
}
