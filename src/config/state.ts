import type { Config } from '../core/config.ts';
import type { Env, World } from '../world.ts';
import { withStateDotEnv, withWorkspaceDotEnv } from './environment.ts';
import { loadConfig } from './load.ts';
import { resolveHomeDir } from './home.ts';
import { applyProfile, type ProfileOptions } from './profile.ts';
import { findConfigPath, resolveStateDir } from './state-folder.ts';

/** What the files and variables around a run say, resolved once (docs/configuration.md). */
export interface State {
  /** Process environment, then `.env` of the working directory, then `<stateDir>/.env`, then the config's `env` block. */
  readonly env: Env;
  /** Effective home: what every `~` means. Absolute. */
  readonly homeDir: string;
  /** Absolute. */
  readonly stateDir: string;
  /** The config file that was read, absolute; undefined when there is none (then `config` is empty). */
  readonly configPath: string | undefined;
  readonly config: Config;
  /** Lines for stderr that do not stop the command. */
  readonly warnings: readonly string[];
}

/** Global options that choose the state. */
export type StateOptions = ProfileOptions;

/**
 * Finds and reads state folder, `.env` files and config.
 *
 * Home and state folder are looked up anew after every step that may set variables: a `.env` in the state folder or the
 * config's `env` block can move both, and OpenClaw 2026.5.12 then looks for the stores in the new place.
 *
 * @throws SessionsError BAD_PROFILE, or CONFIG_INVALID with the reference's text when the config is unreadable or does
 *   not fit the schema
 */
export async function loadState(world: World, options: StateOptions): Promise<State> {
  const { cwd } = world;
  const profileEnv = applyProfile(options, world.env, resolveHomeDir(world.env, world));
  const workspaceEnv = withWorkspaceDotEnv(profileEnv, cwd);
  const homeBefore = resolveHomeDir(workspaceEnv, world);
  const stateEnv = withStateDotEnv(workspaceEnv, resolveStateDir(workspaceEnv, homeBefore, cwd));
  const configHome = resolveHomeDir(stateEnv, world);
  const configPath = findConfigPath(stateEnv, configHome, cwd);
  const loaded =
    configPath === undefined
      ? { config: {}, env: stateEnv, warnings: [] }
      : await loadConfig({ file: configPath, homeDir: configHome, env: stateEnv });
  const homeDir = resolveHomeDir(loaded.env, world);
  return { ...loaded, homeDir, stateDir: resolveStateDir(loaded.env, homeDir, cwd), configPath };
}
