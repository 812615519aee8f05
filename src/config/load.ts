import { readFileSync } from 'node:fs';
import type { Config } from '../core/config.ts';
import type { Env } from '../world.ts';
import { withConfigEnv } from './environment.ts';
import { parseConfigText } from './parse.ts';
import { type ConfigPlace, ConfigProblem, configRefusal } from './refusal.ts';
import { substituteVariables } from './substitute.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** With the config's `env` block. */
  readonly env: Env;
  /** Lines for stderr that do not stop the command. */
  readonly warnings: readonly string[];
}

/**
 * Reads and checks the config file.
 *
 * @throws SessionsError CONFIG_INVALID
 */
export async function loadConfig(place: ConfigPlace): Promise<LoadedConfig> {
  try {
    const written = await parseRoot(readText(place.file));
    const env = withConfigEnv(place.env, written);
    return { config: substituteVariables(written, env) as Config, env, warnings: [] };
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    throw configRefusal(place, [{ path: '', message: error.message }]);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigProblem(`read failed: ${String(error)}`);
  }
}

async function parseRoot(text: string): Promise<unknown> {
  try {
    return await parseConfigText(text);
  } catch (error) {
    throw new ConfigProblem(`JSON5 parse failed: ${String(error)}`);
  }
}
