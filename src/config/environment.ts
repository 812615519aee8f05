import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject } from '../core/json.ts';
import type { Env } from '../world.ts';
import { parseDotEnv } from './dotenv.ts';
import { isReserved, isReservedInWorkspace } from './reserved-names.ts';
import { hasVariable } from './substitute.ts';

/** The variables of the working directory's `.env` below those that are set, without the ones it may not set. */
export function withWorkspaceDotEnv(env: Env, cwd: string): Env {
  return addUnset(env, readDotEnv(path.join(cwd, '.env')), (name) => !isReservedInWorkspace(name));
}

/** The variables of `<state>/.env` below those that are set. That file may set anything. */
export function withStateDotEnv(env: Env, stateDir: string): Env {
  return addUnset(env, readDotEnv(path.join(stateDir, '.env')));
}

/**
 * The variables of `~/.config/openclaw/gateway.env` below those that are set: the file that OpenClaw's Gateway service
 * starts with. It belongs to the default state folder and to no other (OpenClaw 2026.5.12).
 */
export function withServiceEnv(env: Env, { stateDir, homeDir }: { stateDir: string; homeDir: string }): Env {
  if (stateDir !== path.join(homeDir, '.openclaw')) return env;
  return addUnset(env, readDotEnv(path.join(homeDir, '.config', 'openclaw', 'gateway.env')));
}

/**
 * The variables of the config's `env` block (`env.NAME` wins over `env.vars.NAME`) where none is set, or only a blank
 * one. Values that are blank or refer to another variable, and names that steer Node, are left out
 * (OpenClaw 2026.5.12).
 */
export function withConfigEnv(env: Env, config: unknown): Env {
  const block = isJsonObject(config) ? config['env'] : undefined;
  if (!isJsonObject(block)) return env;
  const vars = isJsonObject(block['vars']) ? Object.entries(block['vars']) : [];
  const direct = Object.entries(block).filter(([name]) => name !== 'vars' && name !== 'shellEnv');
  const added: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of [...vars, ...direct]) {
    if (typeof value !== 'string' || value.trim() === '' || hasVariable(value)) continue;
    if (isReserved(name) || (Object.hasOwn(env, name) && env[name]?.trim() !== '')) continue;
    added[name] = value;
  }
  return { ...env, ...added };
}

function addUnset(env: Env, values: ReadonlyMap<string, string>, isAllowed = (_name: string) => true): Env {
  const added = [...values].filter(([name]) => !Object.hasOwn(env, name) && isAllowed(name));
  return added.length === 0 ? env : { ...env, ...Object.fromEntries(added) };
}

/** A file that is missing or cannot be read sets nothing, as in the reference. */
function readDotEnv(file: string): ReadonlyMap<string, string> {
  if (!existsSync(file)) return new Map();
  try {
    return parseDotEnv(readFileSync(file, 'utf8'));
  } catch {
    return new Map();
  }
}
