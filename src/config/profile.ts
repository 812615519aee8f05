import path from 'node:path';
import { SessionsError } from '../errors.ts';
import type { Env } from '../world.ts';

/** Global options that choose the state. */
export interface ProfileOptions {
  readonly profile?: string | undefined;
  readonly dev?: boolean | undefined;
}

/**
 * The environment as `--profile` or `--dev` make it. Variables that are set win over the profile.
 *
 * @throws SessionsError BAD_PROFILE, worded as in OpenClaw 2026.5.12
 */
export function applyProfile({ profile, dev }: ProfileOptions, env: Env, homeDir: string): Env {
  if (profile === undefined && dev !== true) return env;
  if (profile?.trim() === '') throw new SessionsError('BAD_PROFILE', '[openclaw] --profile requires a value');
  const name = parseProfile(profile ?? 'dev');
  if (dev === true && name !== 'dev') {
    throw new SessionsError('BAD_PROFILE', '[openclaw] Cannot combine --dev with --profile');
  }
  if (name === undefined) {
    throw new SessionsError('BAD_PROFILE', '[openclaw] Invalid --profile (use letters, numbers, "_", "-" only)');
  }
  const suffix = isDefaultProfile(name) ? '' : `-${name}`;
  const stateDir = orElse(env['OPENCLAW_STATE_DIR'], path.join(homeDir, `.openclaw${suffix}`));
  return {
    ...env,
    OPENCLAW_PROFILE: name,
    OPENCLAW_STATE_DIR: stateDir,
    OPENCLAW_CONFIG_PATH: orElse(env['OPENCLAW_CONFIG_PATH'], path.join(stateDir, 'openclaw.json')),
    ...(name === 'dev' ? { OPENCLAW_GATEWAY_PORT: orElse(env['OPENCLAW_GATEWAY_PORT'], '19001') } : {}),
  };
}

/** The name of a profile; undefined when it cannot be one. */
export function parseProfile(name: string | undefined): string | undefined {
  const trimmed = name?.trim() ?? '';
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(trimmed) ? trimmed : undefined;
}

/** The default profile is the state folder without a suffix, however it is written. */
export function isDefaultProfile(name: string): boolean {
  return name.toLowerCase() === 'default';
}

function orElse(value: string | undefined, fallback: string): string {
  const trimmed = value?.trim();
  return trimmed === undefined || trimmed === '' ? fallback : trimmed;
}
