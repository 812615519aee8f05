import { ageOf } from '../age.ts';
import type { AgentRuntime } from '../agent-runtime.ts';
import type { Config } from '../config.ts';
import { isJsonObject, type JsonObject, nonBlank } from '../json.ts';
import type { ModelCatalog } from '../model.ts';
import { parseAgentKey, type SessionKind, sessionKind } from '../session-key.ts';

/**
 * A row of the JSON listing for a JSON store: the document of OpenClaw 2026.5.12, in its order of keys. Values typed
 * `unknown` are passed through from the entry as they are, whatever their type; an undefined one is left out.
 */
export interface ListRow {
  readonly key: string;
  /** Milliseconds since epoch where it is a number; null when absent. */
  readonly updatedAt: unknown;
  /** Milliseconds; negative for a time to come. */
  readonly ageMs: number | null;
  readonly sessionId?: unknown;
  readonly systemSent?: unknown;
  readonly abortedLastRun?: unknown;
  readonly thinkingLevel?: unknown;
  readonly verboseLevel?: unknown;
  readonly traceLevel?: unknown;
  readonly reasoningLevel?: unknown;
  readonly elevatedLevel?: unknown;
  readonly responseUsage?: unknown;
  readonly groupActivation?: unknown;
  readonly inputTokens?: unknown;
  readonly outputTokens?: unknown;
  /** Null when there is no usable count. */
  readonly totalTokens: number | null;
  readonly totalTokensFresh: boolean;
  readonly model: string;
  readonly modelProvider: string;
  readonly providerOverride?: unknown;
  readonly modelOverride?: unknown;
  /** Tokens the model's context holds. */
  readonly contextTokens: unknown;
  readonly agentId: string;
  readonly agentRuntime: AgentRuntime;
  readonly kind: SessionKind;
}

/** What every row of one store is made with. */
export interface RowContext {
  /** The store's agent, for keys that name none. */
  readonly agentId: string;
  readonly config: Config;
  readonly models: ModelCatalog;
  /** Milliseconds since epoch. */
  readonly nowMs: number;
}

/** Makes the JSON row of a stored entry of any type (docs/commands/list.md, rows). */
export function makeListRow(key: string, stored: unknown, { agentId, models, nowMs }: RowContext): ListRow {
  const entry = isJsonObject(stored) ? stored : noEntry;
  const agentKey = parseAgentKey(key);
  const ref = models.resolve(key, entry);
  const rowAgentId = agentKey?.agentId ?? agentId;
  // An override to no provider at all: the agent's default model decides what runs it.
  const served = ref.provider === '' ? models.defaultRefOfAgent(rowAgentId) : ref;
  const updatedAt = entry['updatedAt'] ?? null;
  const totalTokens = entry['totalTokens'];
  return {
    key,
    updatedAt,
    ageMs: ageOf(updatedAt, nowMs),
    sessionId: entry['sessionId'],
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
    totalTokens:
      typeof totalTokens === 'number' && Number.isFinite(totalTokens) && totalTokens >= 0 ? totalTokens : null,
    totalTokensFresh: typeof totalTokens === 'number' && entry['totalTokensFresh'] !== false,
    model: ref.model,
    modelProvider: ref.provider,
    providerOverride: entry['providerOverride'],
    modelOverride: entry['modelOverride'],
    contextTokens: entry['contextTokens'] ?? models.contextTokens(ref.model),
    agentId: rowAgentId,
    agentRuntime: models.runtime(rowAgentId, served),
    kind: sessionKind(key, agentKey, entry['chatType']),
  };
}

/** Every field of an entry that a listing reads: a reader that skips the rest gives the same rows. */
export const listedFields = [
  'updatedAt',
  'sessionId',
  'systemSent',
  'abortedLastRun',
  'thinkingLevel',
  'verboseLevel',
  'traceLevel',
  'reasoningLevel',
  'elevatedLevel',
  'responseUsage',
  'groupActivation',
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'totalTokensFresh',
  'model',
  'modelProvider',
  'providerOverride',
  'modelOverride',
  'contextTokens',
  'chatType',
  'acp',
] as const;

const noEntry: JsonObject = {};

/** OpenClaw's own harness, as the Runtime column names it. */
export interface OwnHarness {
  readonly id: string;
  readonly label: string;
}

const piHarness: OwnHarness = { id: 'pi', label: 'OpenClaw Pi Default' };

/**
 * The Runtime column: an ACP agent, else a harness by its name, else a command-line provider, else the default. Unlike
 * JSON, the harness id is lower-cased here.
 */
export function runtimeLabel(
  stored: unknown,
  row: { readonly agentRuntime: { readonly id: string }; readonly modelProvider: string },
  models: ModelCatalog,
  own: OwnHarness = piHarness,
): string {
  const entry = isJsonObject(stored) ? stored : noEntry;
  const acp = isJsonObject(entry['acp']) ? entry['acp'] : noEntry;
  const agent = nonBlank(acp['agent']);
  if (agent !== undefined) {
    const backend = nonBlank(acp['backend']);
    return backend === undefined ? `${agent} (acp)` : `${agent} (acp/${backend})`;
  }
  const harness = row.agentRuntime.id.toLowerCase();
  if (![own.id, 'auto', 'default'].includes(harness)) return harnessLabels[harness] ?? harness;
  // A provider without a model counts for nothing here too.
  const used = nonBlank(entry['model']) === undefined ? undefined : nonBlank(entry['modelProvider']);
  const provider = used ?? nonBlank(entry['providerOverride']) ?? row.modelProvider;
  if (models.isCliBackend(provider)) return harnessLabels[provider.toLowerCase()] ?? `${provider} (cli)`;
  return own.label;
}

const harnessLabels: Readonly<Record<string, string | undefined>> = {
  __proto__: null as never,
  codex: 'OpenAI Codex',
  'codex-cli': 'OpenAI Codex',
  'claude-cli': 'Claude CLI',
  'google-gemini-cli': 'Gemini CLI',
};
