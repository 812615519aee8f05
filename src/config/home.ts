import path from 'node:path';
import type { Env } from '../world.ts';

/** What home resolution needs of World. */
export interface HomeFacts {
  readonly cwd: string;
  readonly osHome: string | undefined;
}

/**
 * The effective home, absolute: `OPENCLAW_HOME`, else the home of the operating system, else the working directory.
 * Every `~` in options, variables and config means it (OpenClaw 2026.5.12).
 */
export function resolveHomeDir(env: Env, { cwd, osHome }: HomeFacts): string {
  const system = path.resolve(cwd, given(env['HOME']) ?? given(env['USERPROFILE']) ?? given(osHome) ?? cwd);
  const named = given(env['OPENCLAW_HOME']);
  return named === undefined ? system : path.resolve(cwd, expandHome(named, system));
}

/** Replaces a `~` that stands alone or before a slash or backslash; `~bob/x` is a plain relative name. */
export function expandHome(text: string, homeDir: string): string {
  return /^~(?=$|[/\\])/.test(text) ? homeDir + text.slice(1) : text;
}

/** The trimmed value; undefined when it is blank, or a shell or script wrote "undefined" or "null" into the variable. */
function given(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === undefined || trimmed === '' || trimmed === 'undefined' || trimmed === 'null' ? undefined : trimmed;
}
