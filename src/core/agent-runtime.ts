import type { Config, ModelSettings, ProviderConfig, RuntimeConfig } from './config.ts';
import { normalizeAgentId } from './agent-id.ts';
import { nonBlank } from './json.ts';
import type { ModelRef } from './model.ts';
import { providerId } from './provider-id.ts';

/** The harness that runs a session, and which setting chose it. */
export interface AgentRuntime {
  readonly id: string;
  readonly source: 'model' | 'provider' | 'implicit';
}

/** The runtime of a row (OpenClaw 2026.5.12): what the config says, else Codex for its providers, else `auto`. */
export function resolveAgentRuntime(config: Config, agentId: string, ref: ModelRef): AgentRuntime {
  const { id, source } = runtimePolicy(config, agentId, ref);
  const isCodex = servedByCodex(config, ref, 'openai') || servedByCodex(config, ref, 'openai-codex');
  return { id: id === 'auto' && isCodex ? 'codex' : id, source };
}

/**
 * What the config says about the runtime of a row: the agent's settings for the model, the default ones, the provider's
 * for the model, the provider's own; first with an id. `auto` when none has.
 */
export function runtimePolicy(config: Config, agentId: string, ref: ModelRef): AgentRuntime {
  const provider = providerConfig(config, ref.provider);
  const modelPolicy = isForeignModel(ref)
    ? undefined
    : (settingsOf(config.agents?.list?.find((agent) => normalizeAgentId(agent.id) === agentId)?.models, ref) ??
      settingsOf(config.agents?.defaults?.models, ref) ??
      policyOf(provider?.models?.find(({ id }) => isNameOf(id, ref))?.agentRuntime));
  const providerPolicy = policyOf(provider?.agentRuntime);
  const source = modelPolicy !== undefined ? 'model' : providerPolicy !== undefined ? 'provider' : 'implicit';
  return { id: harnessId(modelPolicy ?? providerPolicy ?? 'auto'), source };
}

/**
 * True when the row's provider is the given one, and served by OpenAI itself: then Codex runs it by default. The address
 * is looked up under exactly `openai`, however the row and the config spell the provider.
 */
export function servedByCodex(config: Config, ref: ModelRef, provider: 'openai' | 'openai-codex'): boolean {
  if (providerId(ref.provider) !== provider) return false;
  return provider === 'openai-codex' || !isCustomOpenAi(config.models?.providers?.['openai']?.baseUrl);
}

function policyOf(runtime: RuntimeConfig | undefined): string | undefined {
  return nonBlank(runtime?.id);
}

function harnessId(policy: string): string {
  if (policy === 'default') return 'auto';
  return policy === 'codex-app-server' ? 'codex' : policy;
}

/** `openrouter` serving `meta/llama`: settings per model never match, those per provider still do. */
function isForeignModel({ provider, model }: ModelRef): boolean {
  const slash = model.indexOf('/');
  return slash > 0 && providerId(model.slice(0, slash)) !== providerId(provider);
}

function settingsOf(settings: ModelSettings | undefined, ref: ModelRef): string | undefined {
  for (const [key, value] of Object.entries(settings ?? {})) {
    const policy = policyOf(value?.agentRuntime);
    if (policy !== undefined && isNameOf(key, ref)) return policy;
  }
  return undefined;
}

/**
 * True for the model's own name and for `provider/name`, with blanks around either. A model that repeats its provider
 * goes by the rest of its name.
 */
function isNameOf(written: string, { provider, model }: ModelRef): boolean {
  const id = providerId(provider);
  const own = withoutProvider(model, id) ?? model;
  const name = written.trim();
  return own !== '' && (name === own || withoutProvider(name, id) === own);
}

/** What follows the provider in `provider/name`; undefined for any other text. */
function withoutProvider(text: string, id: string): string | undefined {
  const slash = text.indexOf('/');
  return slash > 0 && providerId(text.slice(0, slash)) === id ? text.slice(slash + 1).trim() : undefined;
}

function providerConfig(config: Config, provider: string): ProviderConfig | undefined {
  const providers = config.models?.providers ?? {};
  if (Object.hasOwn(providers, provider)) return providers[provider];
  const id = providerId(provider);
  return Object.entries(providers).find(([key]) => providerId(key) === id)?.[1];
}

/** A base URL that is not OpenAI's own service. */
function isCustomOpenAi(baseUrl: string | undefined): boolean {
  const text = nonBlank(baseUrl);
  if (text === undefined) return false;
  const url = URL.parse(text);
  return url?.protocol !== 'https:' || url.hostname !== 'api.openai.com' || !/^\/?(v1\/?)?$/.test(url.pathname);
}
