import type { Config } from '../core/config.ts';
import type { Env, World } from '../world.ts';
import { withServiceEnv, withStateDotEnv, withWorkspaceDotEnv } from './environment.ts';
import { loadConfig } from './load.ts';
import { resolveHomeDir } from './home.ts';
import { applyProfile, type ProfileOptions } from './profile.ts';
import { findConfigPath, resolveStateDir } from './state-folder.ts';

/** What the files and variables around a run say, resolved once (docs/configuration.md). */
export interface State {
  /**
   * The process environment with, below it and each below the one before: profile, `.env` of the working directory,
   * `<stateDir>/.env`, `~/.config/openclaw/gateway.env`, `env` block of the config.
   */
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
 * Home and state folder are looked up anew after every step that may set variables: a `.env` file or the config's `env`
 * block can move both, and OpenClaw 2026.5.12 then looks for the stores in the new place. The config file is chosen in
 * the middle, before the last two files of variables are read.
 *
 * @throws SessionsError BAD_PROFILE, or CONFIG_INVALID with the reference's text when the config is unreadable or does
 *   not fit the schema
 */
export async function loadState(world: World, options: StateOptions): Promise<State> {
  const { cwd } = world;
  const foldersOf = (env: Env): Folders => {
    const homeDir = resolveHomeDir(env, world);
    return { homeDir, stateDir: resolveStateDir(env, homeDir, cwd) };
  };
  const profileEnv = applyProfile(options, world.env, foldersOf(world.env).homeDir);
  const workspaceEnv = withWorkspaceDotEnv(profileEnv, cwd);
  const stateEnv = withStateDotEnv(workspaceEnv, foldersOf(workspaceEnv).stateDir);
  const folders = foldersOf(stateEnv);
  const configPath = findConfigPath(stateEnv, folders.homeDir, cwd);
  const serviceEnv = withServiceEnv(withStateDotEnv(stateEnv, folders.stateDir), folders);
  const loaded =
    configPath === undefined
      ? { config: {}, env: serviceEnv, warnings: [] }
      : await loadConfig(configPath, serviceEnv, world);
  return { ...loaded, ...foldersOf(loaded.env), configPath };
}

type Folders = Pick<State, 'homeDir' | 'stateDir'>;
