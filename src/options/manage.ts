import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import { nonBlank } from '../core/json.ts';
import { SessionsError } from '../errors.ts';
import type { DialOptions } from '../gateway/dial.ts';
import type { Flags } from '../program.ts';
import type { Env, World } from '../world.ts';
import { readTimeout } from './limits.ts';

/** What the commands that work through the Gateway share. */
export interface GatewayOptions extends DialOptions {
  /** As given, not blank. */
  readonly agentId: string | undefined;
}

/**
 * Checks the options that name the Gateway and the agent.
 *
 * A secret may be given as `@file` (its first line) or by SESSIONS_GATEWAY_TOKEN and SESSIONS_GATEWAY_PASSWORD: on the
 * command line it is seen by everybody who may list processes.
 *
 * @throws SessionsError USAGE, texts as in 2026.9.6
 */
export async function readGatewayOptions(
  flags: Pick<Flags, 'agent' | 'url' | 'token' | 'password' | 'timeout'>,
  world: Pick<World, 'env' | 'cwd'>,
): Promise<GatewayOptions> {
  for (const name of ['agent', 'url', 'token', 'password'] as const) {
    if (flags[name]?.trim() === '') throw new SessionsError('USAGE', `--${name} must not be blank`);
  }
  const timeout = readTimeout(flags);
  const token = await readSecret('token', flags.token, world);
  const password = await readSecret('password', flags.password, world);
  return {
    agentId: flags.agent?.trim(),
    ...(flags.url === undefined ? {} : { url: flags.url }),
    ...(token === undefined ? {} : { token }),
    ...(password === undefined ? {} : { password }),
    ...timeout,
  };
}

/**
 * Refuses keys that are to be typed on a terminal which is then to answer a question: its input has ended by then. In a pipe
 * nobody is asked either, but the keys that are waiting there get their results, as in 2026.9.6.
 *
 * @throws SessionsError USAGE, before anything is read
 */
export function checkAnswerable(
  operation: 'delete' | 'reset',
  flags: Pick<Flags, 'keysFrom' | 'yes' | 'dryRun'>,
  { stdin }: Pick<World, 'stdin'>,
): void {
  if (flags.keysFrom !== '-' || flags.yes === true || flags.dryRun === true || !stdin.isTTY) return;
  const noun = operation === 'delete' ? 'Deletion' : 'Reset';
  throw new SessionsError(
    'USAGE',
    `${noun} requires confirmation, and the standard input cannot answer after it has given the keys.`,
    { hint: `Pass --yes to ${operation} without a question, or give the keys as arguments or in a file.` },
  );
}

/**
 * The keys a command is about: its arguments, then the lines of `--keys-from` (blank lines are skipped, `-` is stdin).
 * At least one.
 *
 * @param command as it was called, for a hint
 * @throws SessionsError USAGE, also for a blank `--keys-from`: an unset shell variable names no file (V17)
 */
export async function readKeys(
  command: string,
  args: readonly string[],
  flags: Pick<Flags, 'keysFrom'>,
  world: Pick<World, 'cwd' | 'stdin' | 'interrupted'>,
): Promise<readonly string[]> {
  if (flags.keysFrom?.trim() === '') throw new SessionsError('USAGE', '--keys-from must not be blank');
  const given = flags.keysFrom === undefined ? [] : await readLines(flags.keysFrom, world);
  const keys = [...args, ...given];
  if (args.some((key) => key.trim() === '')) throw new SessionsError('USAGE', 'A session key must not be blank');
  if (keys.length > 0) return keys;
  throw new SessionsError(
    'USAGE',
    flags.keysFrom === undefined
      ? 'Missing required argument "keys". Give session keys, or a file of them with --keys-from.'
      : `No session keys in ${flags.keysFrom === '-' ? 'the standard input' : flags.keysFrom}.`,
    { hint: `Try: ${command} --help` },
  );
}

async function readSecret(
  name: 'token' | 'password',
  given: string | undefined,
  { env, cwd }: { readonly env: Env; readonly cwd: string },
): Promise<string | undefined> {
  if (given === undefined) return nonBlank(env[`SESSIONS_GATEWAY_${name.toUpperCase()}`]);
  if (!given.startsWith('@')) return given;
  const file = path.resolve(cwd, given.slice(1));
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(`--${name} @file`, file, error);
  });
  const secret = nonBlank(content.split('\n')[0]);
  if (secret === undefined) throw new SessionsError('USAGE', `--${name} @file: the first line of ${file} is blank`);
  return secret;
}

async function readLines(
  source: string,
  { cwd, stdin, interrupted }: Pick<World, 'cwd' | 'stdin' | 'interrupted'>,
): Promise<readonly string[]> {
  const file = source === '-' ? 'the standard input' : path.resolve(cwd, source);
  const reading = source === '-' ? text(addAbortSignal(interrupted, stdin)) : readFile(file, 'utf8');
  const content = await reading.catch((error: unknown) => {
    if (interrupted.aborted) throw new SessionsError('INTERRUPTED', 'Interrupted while reading keys.');
    throw unreadable('--keys-from', file, error);
  });
  return content.split(/\r?\n/).filter((line) => line.trim() !== '');
}

function unreadable(option: string, file: string, error: unknown): SessionsError {
  const message = error instanceof Error ? error.message : String(error);
  return new SessionsError('USAGE', `${option}: cannot read ${file}: ${message}`, { cause: error });
}
