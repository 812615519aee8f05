import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Issue } from './refusal.ts';

/**
 * Notes on keys that OpenClaw 2026.5.12 still accepts and no longer heeds. They are shown only below the issues of a
 * config that is refused anyway.
 */
export function findLegacyKeys(config: unknown): readonly Issue[] {
  const agents = section(config, 'agents');
  const defaults = section(agents, 'defaults');
  const list = Array.isArray(agents['list']) ? (agents['list'] as unknown[]) : [];
  const plugins = section(config, 'plugins');
  const has = (agent: unknown, key: string): boolean => isJsonObject(agent) && isJsonObject(agent[key]);
  const notes: readonly (readonly [boolean, string, string])[] = [
    [
      has(defaults, 'embeddedHarness'),
      'agents.defaults.embeddedHarness',
      `agents.defaults.embeddedHarness is legacy and ignored; set provider/model runtime policy instead. ${doctorDot}`,
    ],
    [
      has(defaults, 'agentRuntime'),
      'agents.defaults.agentRuntime',
      `agents.defaults.agentRuntime is ignored; set models.providers.<provider>.agentRuntime or a model-scoped agentRuntime instead. ${doctorDot}`,
    ],
    [
      list.some((agent) => has(agent, 'agentRuntime')),
      'agents.list',
      `agents.list[].agentRuntime is ignored; set provider/model runtime policy instead. ${doctorDot}`,
    ],
    [
      list.some((agent) => has(agent, 'embeddedHarness')),
      'agents.list',
      `agents.list[].embeddedHarness is legacy and ignored; set provider/model runtime policy instead. ${doctorDot}`,
    ],
    [
      Array.isArray(plugins['allow']) && plugins['allow'].length > 0 && !Object.hasOwn(plugins, 'bundledDiscovery'),
      'plugins.allow',
      'plugins.allow now gates bundled provider discovery by default; run "openclaw doctor --fix" to preserve legacy bundled provider compatibility as plugins.bundledDiscovery="compat", or set plugins.bundledDiscovery="allowlist" to keep the stricter behavior.',
    ],
    [
      Object.hasOwn(section(section(config, 'session'), 'maintenance'), 'rotateBytes'),
      'session.maintenance',
      'session.maintenance.rotateBytes is deprecated and ignored; run "openclaw doctor --fix" to remove it.',
    ],
  ];
  return notes.filter(([found]) => found).map(([, path, message]) => ({ path, message }));
}

const doctorDot = 'Run "openclaw doctor --fix".';

function section(config: unknown, key: string): JsonObject {
  const value = isJsonObject(config) ? config[key] : undefined;
  return isJsonObject(value) ? value : {};
}
