import { providerId } from './provider-id.ts';

/**
 * The id of a model that a provider lists in the config, as OpenClaw 2026.5.12 has it after loading, whatever plugins are
 * on. By provider: former names and short ones are replaced, the provider's own name is taken off or put before a bare
 * id. For all: former names of Gemini models behind `google/`. Seen by running it.
 */
export function normalizeModelId(provider: string, id: string): string {
  const rule = rules.get(providerId(provider));
  return withCurrentGemini(rule === undefined ? id : rule(id.trim()));
}

/** The present name of a Gemini model; any other name as it is. */
export function currentGeminiName(name: string): string {
  return formerGemini.get(name) ?? name;
}

function withCurrentGemini(id: string): string {
  const [, vendors = '', name = ''] = /^((?:[^/]+\/)?(?:google\/)+)([^/]+)$/.exec(id) ?? [];
  return name === '' ? id : vendors + currentGeminiName(name);
}

const formerGemini: ReadonlyMap<string, string> = new Map([
  ['gemini-3-pro', 'gemini-3.1-pro-preview'],
  ['gemini-3-pro-preview', 'gemini-3.1-pro-preview'],
  ['gemini-3.1-pro', 'gemini-3.1-pro-preview'],
  ['gemini-3-flash', 'gemini-3-flash-preview'],
  ['gemini-3.1-flash', 'gemini-3-flash-preview'],
  ['gemini-3.1-flash-preview', 'gemini-3-flash-preview'],
  ['gemini-3.1-flash-lite', 'gemini-3.1-flash-lite-preview'],
]);

const shortClaude: ReadonlyMap<string, string> = new Map([
  ['opus-4.6', 'claude-opus-4-6'],
  ['opus-4.5', 'claude-opus-4-5'],
  ['sonnet-4.6', 'claude-sonnet-4-6'],
  ['sonnet-4.5', 'claude-sonnet-4-5'],
]);

const formerGrok: ReadonlyMap<string, string> = new Map([
  ['grok-4-fast-reasoning', 'grok-4-fast'],
  ['grok-4-1-fast-reasoning', 'grok-4-1-fast'],
  ['grok-4.20-experimental-beta-0304-reasoning', 'grok-4.20-beta-latest-reasoning'],
  ['grok-4.20-experimental-beta-0304-non-reasoning', 'grok-4.20-beta-latest-non-reasoning'],
  ['grok-4.20-reasoning', 'grok-4.20-beta-latest-reasoning'],
  ['grok-4.20-non-reasoning', 'grok-4.20-beta-latest-non-reasoning'],
]);

type Rule = (id: string) => string;

const replacedBy =
  (names: ReadonlyMap<string, string>): Rule =>
  (id) =>
    names.get(id.toLowerCase()) ?? id;

const prefixedWhenBare =
  (prefix: string): Rule =>
  (id) =>
    id.includes('/') ? id : `${prefix}/${id}`;

function gatewayId(id: string): string {
  const name = replacedBy(shortClaude)(id);
  return /^claude-/i.test(name) ? `anthropic/${name}` : name;
}

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['google', replacedBy(formerGemini)],
  ['google-gemini-cli', replacedBy(formerGemini)],
  ['google-vertex', replacedBy(formerGemini)],
  ['anthropic', replacedBy(shortClaude)],
  ['xai', replacedBy(formerGrok)],
  ['huggingface', (id) => id.replace(/^(?:huggingface\/)+/i, '')],
  ['vercel-ai-gateway', gatewayId],
  ['nvidia', prefixedWhenBare('nvidia')],
  ['openrouter', prefixedWhenBare('openrouter')],
]);
