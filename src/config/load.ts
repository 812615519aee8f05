import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { AgentConfig, Config } from '../core/config.ts';
import type { SessionsError } from '../errors.ts';
import { describeOwnership } from '../files/ownership.ts';
import type { Env } from '../world.ts';
import { findSharedAgentDirs } from './agent-dirs.ts';
import { withConfigEnv } from './environment.ts';
import { expandHome, type HomeFacts, resolveHomeDir } from './home.ts';
import { findLegacyKeys } from './legacy-keys.ts';
import { mapStrings } from './map-strings.ts';
import { normalizeModelNames } from './model-names.ts';
import { parseConfigText } from './parse.ts';
import { type ConfigPlace, ConfigProblem, configRefusal, type Issue } from './refusal.ts';
import { resolveStateDir } from './state-folder.ts';
import { substituteVariables } from './substitute.ts';
import { validateConfig } from './validate.ts';
import { findWarnings } from './warnings.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** With the config's `env` block. */
  readonly env: Env;
  /** Lines for stderr that do not stop the command. */
  readonly warnings: readonly string[];
}

/**
 * Reads, puts together and checks the config file. The order of the steps is OpenClaw 2026.5.12's and shows: an included
 * file may define variables, a variable cannot choose an included file, and what is checked is the result.
 *
 * @param before the environment without the config's `env` block
 * @throws SessionsError CONFIG_INVALID
 */
export async function loadConfig(file: string, before: Env, facts: HomeFacts): Promise<LoadedConfig> {
  const place: ConfigPlace = { file, homeDir: resolveHomeDir(before, facts), env: before };
  try {
    return checkConfig(await readWhole(place, facts.cwd), place, facts);
  } catch (error) {
    if (error instanceof ConfigProblem) throw refuseRoot(place, error.message, error.hint);
    // Walking the config is recursive everywhere; the reference gives up on such a file too.
    if (error instanceof RangeError) throw refuseRoot(place, `nested too deeply: ${String(error)}`);
    throw error;
  }
}

function refuseRoot(place: ConfigPlace, message: string, hint?: string): SessionsError {
  return configRefusal(place, [{ path: '', message }], { hint });
}

function checkConfig(whole: unknown, before: ConfigPlace, facts: HomeFacts): LoadedConfig {
  const env = withConfigEnv(before.env, whole);
  const homeDir = resolveHomeDir(env, facts);
  const raw = substituteVariables(whole, env);
  const refuse = (issues: readonly Issue[]): void => {
    if (issues.length === 0) return;
    throw configRefusal({ file: before.file, homeDir, env }, issues, { legacy: findLegacyKeys(raw) });
  };

  refuse(validateConfig(raw));
  const config = normalizeModelNames(foldAgentEntries(expandPaths(raw, homeDir) as Config));
  const stateDir = resolveStateDir(env, homeDir, facts.cwd);
  refuse(findSharedAgentDirs(config.agents?.list ?? [], stateDir, (folder) => path.resolve(facts.cwd, folder)));
  return { config, env, warnings: findWarnings(config) };
}

/** The file with everything it includes. */
async function readWhole({ file, homeDir, env }: ConfigPlace, cwd: string): Promise<unknown> {
  const text = readText(file);
  const written = await parseRoot(text);
  if (!text.includes('$include')) return written;
  const { resolveIncludes } = await import('./include.ts');
  return resolveIncludes(written, { file, homeDir, env, cwd });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const hint =
      code === 'EACCES' || code === 'EPERM' ? `Permission denied: ${file}${describeOwnership(file)}` : undefined;
    throw new ConfigProblem(`read failed: ${String(error)}`, hint);
  }
}

async function parseRoot(text: string): Promise<unknown> {
  try {
    return await parseConfigText(text);
  } catch (error) {
    throw new ConfigProblem(`JSON5 parse failed: ${String(error)}`);
  }
}

/** Expands `~` under keys that name a path. `session.store` is none of them: its `~` is expanded when it is used. */
function expandPaths(config: unknown, homeDir: string): unknown {
  return mapStrings(config, (text, key) =>
    /(?:dir|path|paths|file|root|workspace)$/i.test(key) ? expandHome(text, homeDir) : text,
  );
}

/** 9.x keeps agents in a map `agents.entries`, id to agent; here they follow those of `agents.list`. */
function foldAgentEntries(config: Config): Config {
  const { agents } = config;
  if (agents?.entries === undefined) return config;
  const { entries, list = [], ...others } = agents;
  const folded: AgentConfig[] = Object.entries(entries).map(([id, agent]) => ({ ...agent, id }));
  return { ...config, agents: { ...others, list: [...list, ...folded] } };
}
