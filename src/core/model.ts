import { normalizeAgentId } from './agent-id.ts';
import { type AgentRuntime, resolveAgentRuntime } from './agent-runtime.ts';
import type { Config, ModelConfig } from './config.ts';
import { type JsonObject, nonBlank } from './json.ts';
import { normalizeModelId } from './model-id.ts';
import { readModelRef } from './model-ref-2026-9.ts';
import { createPluginSwitch } from './plugins.ts';
import { providerId } from './provider-id.ts';

/** A model and who serves it, as OpenClaw 2026.5.12 prints them. */
export interface ModelRef {
  readonly provider: string;
  readonly model: string;
}

/** What the config says about models, looked up in constant time per row. */
export interface ModelCatalog {
  /** The model of a session of no particular agent. */
  readonly defaultModel: string;
  /** The model that a row with this entry and key uses or would use. */
  resolve(key: string, entry: JsonObject): ModelRef;
  /**
   * What runs an agent's sessions whose provider was set to nothing: its default model, which may go by an alias, or
   * without its provider when only one offers it; when none is configured, the first that a provider in the config
   * offers, unless `openai` is among them.
   */
  defaultRefOfAgent(agentId: string): ModelRef;
  /** The harness that runs an agent's sessions with a model. */
  runtime(agentId: string, ref: ModelRef): AgentRuntime;
  /** Context window of a model id in tokens, from the config or the default. */
  contextTokens(model: string): number;
  /** True for a provider that is a command-line program (`claude-cli`), not a model service. */
  isCliBackend(provider: string): boolean;
}

/** What differs between the releases that wrote a store. */
export interface ReleaseModels {
  /** The model of a session that names none, when the config names none either. */
  readonly fallbackModel: string;
  /** Reads a text that may name the provider before the model. */
  readonly readRef: (text: string, fallbackProvider: string) => ModelRef;
  /**
   * True where a model with a slash is taken apart although its provider is stored beside it. Where it is not, one that
   * is set beside an override is written before it, and both are read as one text.
   */
  readonly splitsKnownProvider: boolean;
  /** The form in which the agents of the config are compared with those that keys name. */
  readonly agentId: (id: string) => string;
  /** The form in which names of CLI backends are compared. */
  readonly backendId: (provider: string) => string;
  /** CLI backends that bundled plugins bring along; each stops counting when its plugin is off. */
  readonly cliBackends: readonly { readonly plugin: string; readonly backend: string }[];
}

/** OpenClaw 2026.5.12, for JSON stores. */
export const models2026May: ReleaseModels = {
  fallbackModel: 'gpt-5.5',
  readRef: splitRef,
  splitsKnownProvider: true,
  // Raw and with case: id `Main` does not serve `agent:main:...`, nor id `work` the key `agent:Work:x`.
  agentId: (id) => id,
  backendId: providerId,
  cliBackends: [
    { plugin: 'anthropic', backend: 'claude-cli' },
    { plugin: 'openai', backend: 'codex-cli' },
    { plugin: 'google', backend: 'google-gemini-cli' },
  ],
};

/** OpenClaw 2026.9.6, for SQLite stores. */
export const models2026September: ReleaseModels = {
  fallbackModel: 'gpt-6-astra',
  readRef: readModelRef,
  splitsKnownProvider: false,
  agentId: normalizeAgentId,
  backendId: (provider) => provider.trim().toLowerCase(),
  cliBackends: [
    { plugin: 'anthropic', backend: 'claude-cli' },
    { plugin: 'google', backend: 'google-gemini-cli' },
  ],
};

const fallbackProvider = 'openai';
const fallbackContextTokens = 200_000;

/**
 * Reads the model settings of a config once (OpenClaw 2026.5.12; docs/commands/list.md, models). There is no built-in
 * catalogue of models, and aliases count in `defaultRefOfAgent` only.
 *
 * @param release whose defaults hold
 */
export function createModelCatalog(config: Config, release: ReleaseModels = models2026May): ModelCatalog {
  const agentModels = new Map<string, string | undefined>();
  // The first agent of an id is the one, also when it names no model.
  for (const { id, model } of config.agents?.list?.toReversed() ?? [])
    agentModels.set(release.agentId(id), primaryOf(model));
  const defaultModel = primaryOf(config.agents?.defaults?.model) ?? release.fallbackModel;
  const defaultRef = release.readRef(defaultModel, fallbackProvider);
  const defaultRefOf = (key: string): ModelRef => {
    // No agent, also where the config has one without a name.
    const agentId = agentModels.size > 0 && key.startsWith('agent:') ? release.agentId(key.split(':', 2)[1] ?? '') : '';
    const model = agentId === '' ? undefined : agentModels.get(agentId);
    return model === undefined ? defaultRef : release.readRef(model, fallbackProvider);
  };
  const cliBackends = cliBackendsOf(config, release);
  const isCliBackend = (provider: string): boolean => cliBackends.has(release.backendId(provider));
  const providersOffering = lazy(() => indexProviders(config));
  const contextWindows = contextWindowsOf(config);
  const defaultWindow =
    config.agents?.defaults?.contextTokens ?? contextWindows.get(defaultRef.model) ?? fallbackContextTokens;

  const onlyProviderOf = (model: string): string | undefined => {
    const [only, ...others] = providersOffering().get(model.toLowerCase()) ?? [];
    return others.length === 0 ? only : undefined;
  };

  const servedBy = (provider: string, model: string): ModelRef =>
    release.splitsKnownProvider ? { provider, model } : release.readRef(`${provider}/${model}`, provider);

  const withoutCliBackend = (ref: ModelRef, fallback: ModelRef): ModelRef => {
    const { model } = ref;
    const inner = release.readRef(model, ref.provider);
    if (!isCliBackend(inner.provider)) return inner;
    const only = onlyProviderOf(model);
    if (only !== undefined && !isCliBackend(only)) return { provider: only, model };
    // A backend named within the model's name is dropped as well, but no more than one.
    const bare = splitRef(model, ref.provider).model;
    return bare === model ? servedBy(fallback.provider, model) : { provider: fallback.provider, model: bare };
  };

  const storedRef = (model: string, provider: string | undefined, defaults: ModelRef): ModelRef =>
    provider === undefined || release.splitsKnownProvider
      ? release.readRef(model, provider ?? defaults.provider)
      : { provider, model };
  const overrideRef = (override: string, provider: string | undefined, defaults: ModelRef): ModelRef => {
    const model = withoutPrefix(override, provider);
    // A blank provider is one that was set to nothing: 2026.5.12 does not replace it by the default, 2026.9.6 does.
    if (release.splitsKnownProvider) return release.readRef(model, provider ?? defaults.provider);
    return nonBlank(provider) === undefined
      ? release.readRef(model, defaults.provider)
      : servedBy(`${provider}`, model);
  };

  // Rows by the thousand share a few models, and looking one up walks through all that the config says about models.
  const runtimes = new Map<string, AgentRuntime>();

  return {
    defaultModel: defaultRef.model,
    runtime(agentId, ref) {
      const known = `${agentId.length} ${ref.provider.length} ${agentId}${ref.provider}${ref.model}`;
      let runtime = runtimes.get(known);
      if (runtime === undefined) runtimes.set(known, (runtime = resolveAgentRuntime(config, agentId, ref)));
      return runtime;
    },
    isCliBackend,
    contextTokens: (model) => config.agents?.defaults?.contextTokens ?? contextWindows.get(model) ?? defaultWindow,
    defaultRefOfAgent(agentId) {
      const agent = config.agents?.list?.find(({ id }) => normalizeAgentId(id) === agentId);
      const text = primaryOf(agent?.model) ?? primaryOf(config.agents?.defaults?.model);
      const model = text === undefined ? undefined : (aliasedBy(text, config) ?? text);
      // A slash at either end names nothing.
      if (model === undefined || /^\/|\/$/.test(model)) return firstOffered(config) ?? defaultRef;
      return splitRef(model, onlyProviderOf(model) ?? fallbackProvider);
    },
    resolve(key, entry) {
      const defaults = defaultRefOf(key);
      const override = nonBlank(entry['modelOverride']);
      if (override !== undefined) return overrideRef(override, trimmed(entry['providerOverride']), defaults);
      // A provider without a model counts for nothing (cleared on load).
      const model = nonBlank(entry['model']);
      if (model === undefined) return defaults;
      const ref = storedRef(model, nonBlank(entry['modelProvider']), defaults);
      return isCliBackend(ref.provider) ? withoutCliBackend(ref, defaults) : ref;
    },
  };
}

function trimmed(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim() : undefined;
}

/** `provider/model`, or a bare model with the given provider; a slash at either end belongs to the model. */
function splitRef(text: string, provider: string): ModelRef {
  const trimmed = text.trim();
  const slash = trimmed.indexOf('/');
  if (slash <= 0 || slash === trimmed.length - 1) return { provider, model: trimmed };
  return {
    provider: trimmed.slice(0, slash).trim() || provider,
    model: trimmed.slice(slash + 1).trim() || models2026May.fallbackModel,
  };
}

function primaryOf(model: ModelConfig | undefined): string | undefined {
  return nonBlank(typeof model === 'string' ? model : model?.primary);
}

function withoutPrefix(model: string, provider: string | undefined): string {
  if (provider === undefined || provider === '') return model;
  const prefix = `${provider.toLowerCase()}/`;
  if (!model.toLowerCase().startsWith(prefix)) return model;
  return model.slice(prefix.length).trim() || model;
}

function cliBackendsOf(config: Config, release: ReleaseModels): ReadonlySet<string> {
  const configured = Object.keys(config.agents?.defaults?.cliBackends ?? {});
  const isPluginOn = createPluginSwitch(config.plugins);
  const bundled = release.cliBackends.filter(({ plugin }) => isPluginOn(plugin));
  return new Set([...bundled.map(({ backend }) => backend), ...configured].map((name) => release.backendId(name)));
}

/** The model that the settings give this short name. */
function aliasedBy(name: string, config: Config): string | undefined {
  const settings = Object.entries(config.agents?.defaults?.models ?? {});
  return settings.find(([, each]) => nonBlank(each?.alias)?.toLowerCase() === name.toLowerCase())?.[0];
}

/** The first model that the config offers, if it says nothing of the fallback provider. */
function firstOffered(config: Config): ModelRef | undefined {
  const providers = config.models?.providers ?? {};
  if (Object.hasOwn(providers, fallbackProvider)) return undefined;
  const offers = Object.entries(providers).flatMap(([provider, { models = [] }]) =>
    models.map(({ id }) => ({ provider, model: id })),
  );
  return offers[0];
}

/** Model id, lower-cased -> the providers that the config offers it from. */
function indexProviders(config: Config): ReadonlyMap<string, readonly string[]> {
  const offers = new Map<string, Set<string>>();
  const offer = (model: string, provider: string): void => {
    const id = model.trim().toLowerCase();
    offers.set(id, (offers.get(id) ?? new Set()).add(providerId(provider)));
  };
  for (const ref of Object.keys(config.agents?.defaults?.models ?? {})) {
    if (!ref.includes('/') || ref.endsWith('/*')) continue;
    const { provider, model } = splitRef(ref, fallbackProvider);
    offer(normalizeModelId(provider, model), provider);
  }
  for (const [provider, { models }] of Object.entries(config.models?.providers ?? {})) {
    for (const { id } of models ?? []) offer(id, provider);
  }
  return new Map([...offers].map(([id, providers]) => [id, [...providers]]));
}

/** Model id (exact) -> tokens; the last listing wins, a listed model without a size has the default one. */
function contextWindowsOf(config: Config): ReadonlyMap<string, number> {
  const windows = new Map<string, number>();
  for (const { models } of Object.values(config.models?.providers ?? {})) {
    for (const { id, contextTokens, contextWindow } of models ?? []) {
      windows.set(id, contextTokens ?? contextWindow ?? fallbackContextTokens);
    }
  }
  return windows;
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
