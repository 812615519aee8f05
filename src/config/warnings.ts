import type { Config } from '../core/config.ts';

/** What the config holds that is ignored, in the words of OpenClaw 2026.5.12, without its colours. */
export function findWarnings({ session, agents }: Config): readonly string[] {
  const mainKey = session?.mainKey?.trim() ?? '';
  const defaultAgents = agents?.list?.filter((agent) => agent.default === true) ?? [];
  return [
    ...(mainKey === '' || mainKey === 'main' ? [] : ['session.mainKey is ignored; main session is always "main".']),
    ...(defaultAgents.length < 2
      ? []
      : ['[agent-scope] Multiple agents marked default=true; using the first entry as default.']),
  ];
}
