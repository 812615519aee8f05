/**
 * The part of OpenClaw's configuration that this tool looks at, as it is after loading: validated where the schema is
 * known (docs/configuration.md), `${NAME}` and `$include` resolved, model names normalised, `agents.entries` (9.x)
 * folded into `agents.list`. Everything is optional; other keys are present in the object but not named here.
 */
export interface Config {
  readonly session?: SessionConfig;
  readonly agents?: AgentsConfig;
  readonly models?: { readonly providers?: Readonly<Record<string, ProviderConfig>> };
  /** Unvalidated: read with care. */
  readonly plugins?: unknown;
  /** Unvalidated: read with care. */
  readonly gateway?: unknown;
  /** Unvalidated: read with care. */
  readonly secrets?: unknown;
}

export interface AgentsConfig {
  readonly defaults?: AgentDefaults;
  readonly list?: readonly AgentConfig[];
  /** Of 9.x, id to agent; folded into `list` on loading, so that nothing after it looks here. */
  readonly entries?: Readonly<Record<string, Omit<AgentConfig, 'id'>>>;
}

export interface SessionConfig {
  readonly scope?: 'per-sender' | 'global';
  readonly dmScope?: 'main' | 'per-peer' | 'per-channel-peer' | 'per-account-channel-peer';
  /** Store path template: may hold `{agentId}` and a leading `~`. */
  readonly store?: string;
  readonly mainKey?: string;
  readonly maintenance?: MaintenanceConfig;
}

/** `session.maintenance`, checked but not yet turned into numbers (spec: docs/commands/cleanup.md, policy). */
export interface MaintenanceConfig {
  readonly mode?: 'enforce' | 'warn';
  readonly pruneAfter?: string | number;
  readonly pruneDays?: number;
  readonly maxEntries?: number;
  readonly resetArchiveRetention?: string | number | false;
  readonly maxDiskBytes?: string | number;
  readonly highWaterBytes?: string | number;
}

/** A model reference, or the object form whose `primary` is one. */
export type ModelConfig = string | { readonly primary?: string; readonly fallbacks?: readonly string[] };

export interface RuntimeConfig {
  readonly id?: string;
}

/** Settings per model reference (`provider/model`, `provider/*` or a bare id). */
export type ModelSettings = Readonly<
  Record<string, { readonly alias?: string; readonly agentRuntime?: RuntimeConfig } | undefined>
>;

export interface AgentConfig {
  /** As written; `normalizeAgentId` (core/agent-id.ts) gives the id used in paths and keys. */
  readonly id: string;
  readonly default?: boolean;
  readonly workspace?: string;
  /** Where the agent keeps its own files, credentials among them; not its sessions. */
  readonly agentDir?: string;
  readonly model?: ModelConfig;
  readonly models?: ModelSettings;
}

export interface AgentDefaults {
  readonly model?: ModelConfig;
  readonly models?: ModelSettings;
  /** Tokens. */
  readonly contextTokens?: number;
  readonly cliBackends?: Readonly<Record<string, unknown>>;
}

export interface ProviderConfig {
  readonly baseUrl?: string;
  readonly agentRuntime?: RuntimeConfig;
  readonly models?: readonly ProviderModel[];
}

export interface ProviderModel {
  readonly id: string;
  /** Tokens. */
  readonly contextWindow?: number;
  /** Tokens; wins over contextWindow. */
  readonly contextTokens?: number;
  readonly agentRuntime?: RuntimeConfig;
}
