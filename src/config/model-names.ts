import type { AgentConfig, Config, ModelConfig, ModelSettings, ProviderConfig } from '../core/config.ts';
import { currentGeminiName, normalizeModelId } from '../core/model-id.ts';
import { providerId } from '../core/provider-id.ts';

/**
 * The config with its model names as OpenClaw 2026.5.12 understands them after loading. Those of agents: provider aliases
 * resolved, former names of Gemini models replaced; names without a provider stay. Those that providers list:
 * `normalizeModelId`. Names stored in sessions stay.
 */
export function normalizeModelNames(config: Config): Config {
  const { agents, models } = config;
  return {
    ...config,
    ...(agents === undefined ? {} : { agents: withAgentModels(agents) }),
    ...(models?.providers === undefined ? {} : { models: { ...models, providers: withModelIds(models.providers) } }),
  };
}

function withAgentModels(agents: NonNullable<Config['agents']>): NonNullable<Config['agents']> {
  const { defaults, list } = agents;
  return {
    ...agents,
    ...(defaults === undefined ? {} : { defaults: withModelNames(defaults) }),
    ...(list === undefined ? {} : { list: list.map((agent) => withModelNames(agent)) }),
  };
}

function withModelIds(providers: Readonly<Record<string, ProviderConfig>>): Readonly<Record<string, ProviderConfig>> {
  return Object.fromEntries(
    Object.entries(providers).map(([name, provider]) => {
      const { models } = provider;
      if (models === undefined) return [name, provider];
      return [
        name,
        { ...provider, models: models.map((model) => ({ ...model, id: normalizeModelId(name, model.id) })) },
      ];
    }),
  );
}

function withModelNames<T extends Pick<AgentConfig, 'model' | 'models'>>(settings: T): T {
  const { model, models } = settings;
  return {
    ...settings,
    ...(model === undefined ? {} : { model: normalizeModel(model) }),
    ...(models === undefined ? {} : { models: normalizeKeys(models) }),
  };
}

function normalizeModel(model: ModelConfig): ModelConfig {
  if (typeof model === 'string') return normalizeModelRef(model);
  return model.primary === undefined ? model : { ...model, primary: normalizeModelRef(model.primary) };
}

/** Settings under names that become the same are put together, the later ones on top. */
function normalizeKeys(models: ModelSettings): ModelSettings {
  const normalized = new Map<string, ModelSettings[string]>();
  for (const [written, settings] of Object.entries(models)) {
    const ref = normalizeModelRef(written);
    normalized.set(ref, { ...normalized.get(ref), ...settings });
  }
  return Object.fromEntries(normalized);
}

/** `OpenAI/gpt-5` -> `openai/gpt-5`, `z-ai/zai/glm` -> `zai/glm`, `google/gemini-3-pro` -> `google/gemini-3.1-pro-preview`. */
export function normalizeModelRef(ref: string): string {
  const text = ref.trim();
  const slash = text.indexOf('/');
  if (slash <= 0 || slash === text.length - 1) return ref;
  const provider = providerId(text.slice(0, slash));
  let model = text.slice(slash + 1).trim();
  while (model.toLowerCase().startsWith(`${provider}/`)) model = model.slice(provider.length + 1).trim();
  return `${provider}/${currentName(model)}`;
}

function currentName(model: string): string {
  const [, vendors = '', name = ''] = /^((?:google\/)*)([^]*)$/.exec(model) ?? [];
  return vendors + currentGeminiName(name);
}
