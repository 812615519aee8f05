import type { Config } from '../core/config.ts';
import type { Env, World } from '../world.ts';

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
export interface StateOptions {
  readonly profile?: string;
  readonly dev?: boolean;
}

/**
 * Finds and reads state folder, `.env` files and config.
 *
 * @throws SessionsError CONFIG_INVALID with the reference's text when the config is unreadable or does not fit the schema.
 */
export async function loadState(_world: World, _options: StateOptions): Promise<State> {
  await Promise.resolve();
  throw new Error('not built yet');
}
