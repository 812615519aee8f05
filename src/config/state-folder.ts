import { existsSync } from 'node:fs';
import path from 'node:path';
import { mayExist } from '../files/absence.ts';
import type { Env } from '../world.ts';
import { expandHome } from './home.ts';

/**
 * The state folder, absolute: `OPENCLAW_STATE_DIR`, else `~/.openclaw`, or the legacy `~/.clawdbot` when only that one
 * exists (OpenClaw 2026.5.12).
 */
export function resolveStateDir(env: Env, homeDir: string, cwd: string): string {
  const named = env['OPENCLAW_STATE_DIR']?.trim();
  if (named !== undefined && named !== '') return path.resolve(cwd, expandHome(named, homeDir));
  const current = path.join(homeDir, '.openclaw');
  const legacy = path.join(homeDir, '.clawdbot');
  return !existsSync(current) && existsSync(legacy) ? legacy : current;
}

/**
 * The config file that would be read, absolute; undefined when there is none, which is normal.
 *
 * `OPENCLAW_CONFIG_PATH` has no fallback, and with `OPENCLAW_STATE_DIR` only that folder counts. Without both, the
 * default folders are searched on their own: with an empty `.openclaw` beside a `.clawdbot`, the state is in the first
 * and the config comes from the second (OpenClaw 2026.5.12). A file that may not be looked at counts as there, and is
 * refused when it is read: a cleanup must not take the default policy for the one that is written down (V28).
 */
export function findConfigPath(env: Env, homeDir: string, cwd: string): string | undefined {
  const named = env['OPENCLAW_CONFIG_PATH']?.trim();
  if (named !== undefined && named !== '') {
    const file = path.resolve(cwd, expandHome(named, homeDir));
    return mayExist(file) ? file : undefined;
  }
  const stateDirNamed = env['OPENCLAW_STATE_DIR']?.trim();
  const folders =
    stateDirNamed !== undefined && stateDirNamed !== ''
      ? [resolveStateDir(env, homeDir, cwd)]
      : [path.join(homeDir, '.openclaw'), path.join(homeDir, '.clawdbot')];
  return folders
    .flatMap((folder) => ['openclaw.json', 'clawdbot.json'].map((name) => path.join(folder, name)))
    .find(mayExist);
}
