import type { AgentConfig, Config, ModelConfig, ModelSettings } from '../core/config.ts';
import { providerId } from '../core/provider-id.ts';

/**
 * The config with the model names of agents as OpenClaw 2026.5.12 understands them after loading: provider aliases
 * resolved, former names of Gemini models replaced. Names without a provider, and names stored in sessions, stay.
 */
export function normalizeModelNames(config: Config): Config {
  const { agents } = config;
  if (agents === undefined) return config;
  const { defaults, list } = agents;
  return {
    ...config,
    agents: {
      ...agents,
      ...(defaults === undefined ? {} : { defaults: withModelNames(defaults) }),
      ...(list === undefined ? {} : { list: list.map((agent) => withModelNames(agent)) }),
    },
  };
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
  return vendors + (renamed.get(name) ?? name);
}

const renamed: ReadonlyMap<string, string> = new Map([
  ['gemini-3-pro', 'gemini-3.1-pro-preview'],
  ['gemini-3-pro-preview', 'gemini-3.1-pro-preview'],
  ['gemini-3.1-pro', 'gemini-3.1-pro-preview'],
  ['gemini-3-flash', 'gemini-3-flash-preview'],
  ['gemini-3.1-flash', 'gemini-3-flash-preview'],
  ['gemini-3.1-flash-preview', 'gemini-3-flash-preview'],
  ['gemini-3.1-flash-lite', 'gemini-3.1-flash-lite-preview'],
]);
