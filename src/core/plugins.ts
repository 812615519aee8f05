import { isJsonObject } from './json.ts';

/**
 * Whether a bundled plugin is on, by the `plugins` section of the config (OpenClaw 2026.5.12): all are, unless
 * `plugins.enabled` is false, `deny` or a false `entries.<plugin>.enabled` names the plugin, or a non-empty `allow` does
 * not.
 */
export function createPluginSwitch(plugins: unknown): (plugin: string) => boolean {
  const { enabled, deny, allow, entries } = isJsonObject(plugins) ? plugins : {};
  if (enabled === false) return () => false;
  const denied = namesOf(deny);
  const allowed = namesOf(allow);
  const disabled = new Map<string, boolean>();
  for (const [name, entry] of isJsonObject(entries) ? Object.entries(entries) : []) {
    if (isJsonObject(entry) && typeof entry['enabled'] === 'boolean') disabled.set(pluginId(name), !entry['enabled']);
  }
  return (plugin) =>
    !denied.has(plugin) && disabled.get(plugin) !== true && (allowed.size === 0 || allowed.has(plugin));
}

function namesOf(list: unknown): ReadonlySet<string> {
  const names = Array.isArray(list) ? (list as unknown[]).filter((name) => typeof name === 'string') : [];
  return new Set(names.map(pluginId).filter((name) => name !== ''));
}

/** Plugins may also be called by former names, and these and their own in any case; all others are case-sensitive. */
function pluginId(name: string): string {
  const trimmed = name.trim();
  return formerNames.get(trimmed.toLowerCase()) ?? trimmed;
}

const formerNames: ReadonlyMap<string, string> = new Map([
  ['openai', 'openai'],
  ['openai-codex', 'openai'],
  ['google', 'google'],
  ['google-gemini-cli', 'google'],
]);
