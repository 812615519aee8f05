import type { Config, ProviderModel } from './config.ts';
import type { JsonObject } from './json.ts';
import type { ModelCatalog, ModelRef } from './model.ts';
import { providerId } from './provider-id.ts';

/**
 * The context window of a session as OpenClaw 2026.9.6 shows it: computed anew, because a stored size is only believed
 * when it is known to come from the model and harness that the session has now. Its catalogue of models is fetched by the
 * runtime and not known here; of the rest this is all there is without one: the config, the Claude models with a fixed
 * window, the default model's window, and 200000.
 *
 * @returns tokens
 */
export function contextTokensOf(
  entry: JsonObject,
  producer: {
    readonly ref: ModelRef;
    /** The harness of the session. */
    readonly runtimeId: string;
    readonly config: Config;
    readonly models: ModelCatalog;
  },
): number {
  const { ref, runtimeId, config, models } = producer;
  const configured = configuredModel(config, ref);
  const authored = positive(configured?.contextTokens);
  const stored = positive(entry['contextTokens']);
  const resolved =
    stored === undefined && models.isCliBackend(runtimeId)
      ? positive(anyConfigured(config, ref.model)?.contextTokens)
      : modelWindow(config, ref, configured);
  const isExact = isSameText(entry['agentHarnessId'], runtimeId) && isSameModel(entry, ref, false);
  const isLocked = entry['modelSelectionLocked'] === true;
  const believed = isLocked ? isSameModel(entry, ref, true) : entry['contextTokensSource'] === 'runtime' && isExact;
  const trusted = believed ? stored : undefined;
  if (isLocked && trusted !== undefined) return trusted;
  if (authored !== undefined) return least(authored, resolved) ?? authored;
  if (trusted !== undefined) return least(trusted, resolved) ?? trusted;
  const remembered = entry['contextTokensSource'] === 'resolved-v1' && isExact ? stored : undefined;
  return resolved ?? remembered ?? configuredWindow(config, models.defaultModel) ?? fallbackWindow;
}

const fallbackWindow = 200_000;

/** A window of the model: what the config says, capped by what is fixed for it. */
function modelWindow(config: Config, ref: ModelRef, configured: ProviderModel | undefined): number | undefined {
  const fixed = fixedWindow(ref);
  const window = positive(configured?.contextWindow);
  const authored = positive(configured?.contextTokens);
  if (authored !== undefined) return least(authored, fixed ?? window);
  if (fixed !== undefined) return fixed;
  if (window !== undefined) return window;
  return configuredWindow(config, ref.model);
}

/** What the config says about a model id, whoever serves it. */
function configuredWindow(config: Config, model: string): number | undefined {
  const configured = anyConfigured(config, model);
  return positive(configured?.contextTokens) ?? positive(configured?.contextWindow);
}

/** Claude models whose window is a million tokens wherever Anthropic itself serves them. */
function fixedWindow({ provider, model }: ModelRef): number | undefined {
  if (!['anthropic', 'anthropic-vertex'].includes(providerId(provider))) return undefined;
  const family = model.trim().toLowerCase().split('/').at(-1) ?? '';
  const isLarge = /(?:^|-)claude-(?:fable-5|mythos-(?:5|preview)|opus-(?:4-[678]|5)|sonnet-(?:5|4-6))(?=$|[^a-z0-9])/;
  return isLarge.test(family) ? 1_000_000 : undefined;
}

function configuredModel(config: Config, { provider, model }: ModelRef): ProviderModel | undefined {
  const id = providerId(provider);
  const offered = Object.entries(config.models?.providers ?? {})
    .filter(([key]) => providerId(key) === id)
    .flatMap(([, { models }]) => models ?? []);
  // `lab/x` of the provider lab is its x.
  const bare = model.toLowerCase().startsWith(`${id}/`) ? model.slice(id.length + 1) : model;
  return offered.find((each) => each.id === model) ?? offered.find((each) => each.id === bare);
}

function anyConfigured(config: Config, model: string): ProviderModel | undefined {
  return Object.values(config.models?.providers ?? {})
    .flatMap(({ models }) => models ?? [])
    .findLast((each) => each.id === model && (each.contextTokens !== undefined || each.contextWindow !== undefined));
}

/** @param lenient what the entry does not say counts as the same */
function isSameModel(entry: JsonObject, { provider, model }: ModelRef, lenient: boolean): boolean {
  const same = (stored: unknown, current: string): boolean =>
    (lenient && textOf(stored) === '') || isSameText(stored, current);
  return same(entry['modelProvider'], provider) && same(entry['model'], model);
}

function isSameText(stored: unknown, current: string): boolean {
  const text = textOf(stored);
  return text !== '' && text === textOf(current);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim().toLowerCase() : '';
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}

function least(a: number, b: number | undefined): number | undefined {
  return b === undefined ? a : Math.min(a, b);
}
