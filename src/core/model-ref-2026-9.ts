import type { ModelRef } from './model.ts';

/**
 * A model as OpenClaw 2026.9.6 reads it from a text: the provider lower-cased (but no alias resolved) and not repeated
 * before the model, former names of Gemini models replaced, and the provider's own name before models of two providers
 * that sell those of others. Seen by running it on 4700 pairs of names; short names of Claude models (`opus`), and
 * what else changes with its catalogue, stay as stored (V57).
 */
export function readModelRef(text: string, fallbackProvider: string): ModelRef {
  const trimmed = text.trim();
  const slash = trimmed.indexOf('/');
  const isNamed = slash > 0 && slash < trimmed.length - 1;
  const named = isNamed ? trimmed.slice(0, slash).trim() : fallbackProvider;
  const provider = isNamed ? named.toLowerCase() : named;
  const model = withoutRepeated(named, isNamed ? trimmed.slice(slash + 1).trim() : trimmed);
  return { provider, model: modelName(model, provider) };
}

/** Without the provider's name before the model, as often as it stands there, in whatever case. */
function withoutRepeated(provider: string, model: string): string {
  const prefix = `${provider}/`.toLowerCase();
  const width = provider.length + 1;
  let start = 0;
  while (model.length - start > width && model.slice(start, start + width).toLowerCase() === prefix) start += width;
  return model.slice(start);
}

function modelName(model: string, provider: string): string {
  switch (provider) {
    case 'google':
    case 'google-vertex':
    case 'google-gemini-cli': {
      const [, vendors = '', name = ''] = /^((?:google\/)*)([^]*)$/.exec(model) ?? [];
      return vendors + (renamedGemini.get(name) ?? name);
    }
    case 'openrouter':
    case 'nvidia':
      return model.includes('/') ? model : `${provider}/${model}`;
    default:
      return model;
  }
}

/** Not those of 2026.5.12 (core/model-id.ts): `flash-lite` went the other way. */
const renamedGemini: ReadonlyMap<string, string> = new Map([
  ['gemini-3-pro', 'gemini-3.1-pro-preview'],
  ['gemini-3-pro-preview', 'gemini-3.1-pro-preview'],
  ['gemini-3.1-pro', 'gemini-3.1-pro-preview'],
  ['gemini-3-flash', 'gemini-3-flash-preview'],
  ['gemini-3.1-flash', 'gemini-3-flash-preview'],
  ['gemini-3.1-flash-preview', 'gemini-3-flash-preview'],
  ['gemini-3.1-flash-lite-preview', 'gemini-3.1-flash-lite'],
]);
