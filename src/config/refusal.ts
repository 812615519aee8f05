import path from 'node:path';
import { SessionsError } from '../errors.ts';
import type { Env } from '../world.ts';
import { isDefaultProfile, parseProfile } from './profile.ts';

/** One thing that is wrong with the config. */
export interface Issue {
  /** Dotted path of the value; '' for the whole config. */
  readonly path: string;
  readonly message: string;
}

/** The config file and what its path is shortened with. */
export interface ConfigPlace {
  readonly file: string;
  readonly homeDir: string;
  readonly env: Env;
}

/** Thrown while the config is read and put together; `loadConfig` turns it into the refusal. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
  /** One thing to do about it. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

export interface RefusalExtras {
  /** Notes on keys that later releases dropped. */
  readonly legacy?: readonly Issue[];
  readonly hint?: string | undefined;
}

/**
 * The refusal of a config, in the words of OpenClaw 2026.5.12 (docs/configuration.md): scripts match them, and the
 * commands named at the end are OpenClaw's, for it owns the file.
 */
export function configRefusal(
  place: ConfigPlace,
  issues: readonly Issue[],
  { legacy = [], hint }: RefusalExtras = {},
): SessionsError {
  const profile = parseProfile(place.env['OPENCLAW_PROFILE']);
  const openclaw = profile === undefined || isDefaultProfile(profile) ? 'openclaw' : `openclaw --profile ${profile}`;
  const lines = [
    'OpenClaw config is invalid',
    `File: ${shortenHome(place)}`,
    'Problem:',
    ...issues.map(formatIssue),
    ...(legacy.length === 0 ? [] : ['Legacy config keys detected:', ...legacy.map(formatIssue)]),
    '',
    `Fix: ${openclaw} doctor --fix`,
    `Inspect: ${openclaw} config validate`,
    'Status, health, logs, and doctor commands still run with invalid config.',
  ];
  return new SessionsError('CONFIG_INVALID', lines.join('\n'), {
    details: { path: place.file, issues },
    ...(hint === undefined ? {} : { hint }),
  });
}

function formatIssue({ path: place, message }: Issue): string {
  return `  - ${place === '' ? '<root>' : place}: ${message}`.replaceAll('\n', '\\n');
}

/** `~/x` for a file below the home folder, `$OPENCLAW_HOME/x` when that variable moved the home. */
function shortenHome({ file, homeDir, env }: ConfigPlace): string {
  const sign = (env['OPENCLAW_HOME'] ?? '').trim() === '' ? '~' : '$OPENCLAW_HOME';
  if (file === homeDir) return sign;
  return file.startsWith(homeDir + path.sep) ? sign + file.slice(homeDir.length) : file;
}
