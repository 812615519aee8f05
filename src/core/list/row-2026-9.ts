import { ageOf } from '../age.ts';
import { type AgentRuntime, runtimePolicy, servedByCodex } from '../agent-runtime.ts';
import { parseAgentKey, type SessionKind, sessionKind } from '../session-key.ts';
import { contextTokensOf } from '../context-tokens.ts';
import { isJsonObject, type JsonObject, nonBlank } from '../json.ts';
import type { ModelRef } from '../model.ts';
import { policySessionKey } from '../policy-session-key.ts';
import type { ListRow, OwnHarness, RowContext } from './row.ts';

/**
 * A row of the JSON listing for a SQLite store: the document of OpenClaw 2026.9.6, in its order of keys. Values typed
 * `unknown` are passed through from the entry as they are; an undefined one is left out.
 */
export interface SqliteListRow extends Omit<ListRow, 'kind' | 'agentRuntime'> {
  readonly spawnedBy?: unknown;
  readonly spawnedWorkspaceDir?: unknown;
  readonly spawnedCwd?: unknown;
  readonly parentSessionKey?: unknown;
  readonly forkedFromParent?: true | undefined;
  readonly spawnDepth?: unknown;
  readonly subagentRole?: unknown;
  readonly subagentControlScope?: unknown;
  readonly sessionStartedAt?: unknown;
  readonly lastInteractionAt?: unknown;
  readonly label?: unknown;
  readonly color?: string | undefined;
  readonly status?: unknown;
  readonly visibility: unknown;
  readonly createdActor?: unknown;
  readonly owner?: unknown;
  readonly participants?: unknown;
  readonly participantCount?: unknown;
  readonly totalTokensVersion?: unknown;
  /** True for a session that an ACP agent runs. */
  readonly acpRuntime: boolean;
  readonly agentRuntime: SqliteAgentRuntime;
  readonly kind: SessionKind | 'spawn-child';
  /** The key whose policies hold for this session, where it is another one. */
  readonly runtimePolicySessionKey?: string | undefined;
}

/** The harness of a session; it may also be pinned by the session itself, or by its key. */
export interface SqliteAgentRuntime {
  readonly id: string;
  readonly source: AgentRuntime['source'] | 'session' | 'session-key';
}

/** OpenClaw's own harness after 2026.7.35 renamed it. */
export const openclawHarness: OwnHarness = { id: 'openclaw', label: 'OpenClaw Default' };

/** Makes the JSON row of a stored entry (docs/commands/list.md, rows of a SQLite store). */
export function makeSqliteListRow(key: string, stored: unknown, context: RowContext): SqliteListRow {
  const { config, models, nowMs } = context;
  const entry = isJsonObject(stored) ? stored : noEntry;
  const agentKey = parseAgentKey(key);
  const agentId = agentKey?.agentId ?? context.agentId;
  const acp = entry['acp'];
  const isAcpKey = /^acp:/i.test(agentKey?.rest ?? key.trim());
  const ref =
    acp && isAcpKey ? { provider: 'acpx', model: `${agentKey?.agentId ?? 'acp'}-acp` } : models.resolve(key, entry);
  const runtime = acp && isAcpKey ? acpRuntime(acp) : agentRuntime(entry, ref, agentId, context);
  const updatedAt = entry['updatedAt'] ?? null;
  const totalTokens = tokenCount(entry['totalTokens']);
  return {
    key,
    updatedAt,
    ageMs: ageOf(updatedAt, nowMs),
    sessionId: entry['sessionId'],
    spawnedBy: entry['spawnedBy'],
    spawnedWorkspaceDir: entry['spawnedWorkspaceDir'],
    spawnedCwd: entry['spawnedCwd'],
    parentSessionKey: entry['parentSessionKey'],
    forkedFromParent: entry['forkSource'] !== undefined || entry['forkedFromParent'] === true ? true : undefined,
    spawnDepth: entry['spawnDepth'],
    subagentRole: entry['subagentRole'],
    subagentControlScope: entry['subagentControlScope'],
    sessionStartedAt: entry['sessionStartedAt'],
    lastInteractionAt: entry['lastInteractionAt'],
    label: entry['label'],
    color: colorOf(entry['color']),
    status: entry['status'],
    visibility: entry['visibility'] ?? 'shared',
    createdActor: entry['createdActor'],
    owner: entry['owner'],
    participants: entry['participants'],
    participantCount: entry['participantCount'],
    systemSent: entry['systemSent'],
    abortedLastRun: entry['abortedLastRun'],
    thinkingLevel: entry['thinkingLevel'],
    verboseLevel: entry['verboseLevel'],
    traceLevel: entry['traceLevel'],
    reasoningLevel: entry['reasoningLevel'],
    elevatedLevel: entry['elevatedLevel'],
    responseUsage: entry['responseUsage'],
    groupActivation: entry['groupActivation'],
    inputTokens: entry['inputTokens'],
    outputTokens: entry['outputTokens'],
    totalTokens,
    // Counts of older releases meant something else, so only a marked one is fresh; an imported one never is.
    totalTokensFresh: totalTokens !== null && entry['totalTokensFresh'] === true && entry['totalTokensVersion'] === 1,
    totalTokensVersion: entry['totalTokensVersion'],
    model: ref.model,
    modelProvider: ref.provider,
    providerOverride: entry['providerOverride'],
    modelOverride: entry['modelOverride'],
    contextTokens: contextTokensOf(entry, { ref, runtimeId: runtime.id, config, models }),
    agentId,
    acpRuntime: Boolean(acp),
    agentRuntime: runtime,
    kind: kindOf(sessionKind(key, agentKey, entry['chatType']), entry),
    runtimePolicySessionKey: policySessionKey(key, entry, { agentId, config }),
  };
}

const noEntry: JsonObject = {};

function tokenCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

const colors = ['red', 'blue', 'green', 'yellow', 'purple', 'orange', 'pink', 'cyan'];

function colorOf(value: unknown): string | undefined {
  const name = nonBlank(value)?.toLowerCase();
  return name !== undefined && colors.includes(name) ? name : undefined;
}

/** A spawned session counts as one before it counts as a group. */
function kindOf(kind: SessionKind, entry: JsonObject): SqliteListRow['kind'] {
  return entry['spawnedBy'] && (kind === 'group' || kind === 'direct') ? 'spawn-child' : kind;
}

function acpRuntime(acp: unknown): SqliteAgentRuntime {
  const backend = isJsonObject(acp) ? acp['backend'] : undefined;
  return { id: typeof backend === 'string' && backend !== '' ? backend : 'acpx', source: 'session-key' };
}

function agentRuntime(entry: JsonObject, ref: ModelRef, agentId: string, { config }: RowContext): SqliteAgentRuntime {
  const own = ownRuntime(entry);
  if (own !== undefined) return { id: own, source: 'session' };
  const { id, source } = runtimePolicy(config, agentId, ref);
  if (id !== 'auto') return { id, source };
  return { id: servedByCodex(config, ref, 'openai') ? 'codex' : 'auto', source: 'implicit' };
}

/** The harness that the session itself names: a lock first, then a choice, then the one of its last run. */
function ownRuntime(entry: JsonObject): string | undefined {
  const last = runtimeId(entry['agentHarnessId']);
  const isLocked = entry['modelSelectionLocked'] === true && nonBlank(entry['pluginOwnerId']) === undefined;
  return (isLocked ? last : undefined) ?? runtimeId(entry['agentRuntimeOverride']) ?? last;
}

function runtimeId(value: unknown): string | undefined {
  const id = nonBlank(value)?.toLowerCase();
  if (id === 'auto' || id === 'default') return undefined;
  if (id === 'pi') return 'openclaw';
  return id === 'codex-app-server' ? 'codex' : id;
}
