import { lstat, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject, type JsonObject, nonBlank } from '../core/json.ts';
import type { Env } from '../world.ts';
import type { GatewaySettings } from './settings.ts';

/** A pointer to a secret that is kept elsewhere (docs/gateway.md, credentials). */
export interface SecretRef {
  readonly source: 'env' | 'file' | 'exec';
  /** Alias in `secrets.providers`; undefined means `secrets.defaults.<source>`, else `default`. */
  readonly provider: string | undefined;
  readonly id: string;
}

/** What the resolution of a reference needs besides it. */
export interface SecretWorld {
  readonly env: Env;
  /** What a leading `~` of a path means. */
  readonly homeDir: string;
  /** Our user id; undefined on Windows. */
  readonly uid: number | undefined;
  readonly secrets: GatewaySettings['secrets'];
  readonly signal: AbortSignal;
}

/** The value of a credential, or why there is none. The reason never holds the secret, only names and paths. */
export type Resolved = { readonly value: string } | { readonly reason: string };

/** A config value as reference: the object form, `${NAME}`, `secretref-env:NAME`, `__env__:NAME`; else undefined. */
export function parseSecretRef(value: unknown): SecretRef | undefined {
  if (typeof value === 'string') {
    const name = /^(?:\$\{([A-Z][A-Z0-9_]{0,127})\}|(?:secretref-env:|__env__:)([A-Z][A-Z0-9_]{0,127}))$/.exec(
      value.trim(),
    );
    const id = name?.[1] ?? name?.[2];
    return id === undefined ? undefined : { source: 'env', provider: 'default', id };
  }
  if (!isJsonObject(value)) return undefined;
  const { source, provider, id, ...rest } = value;
  if (source !== 'env' && source !== 'file' && source !== 'exec') return undefined;
  if (typeof id !== 'string' || id === '' || Object.keys(rest).length > 0) return undefined;
  if (provider !== undefined && typeof provider !== 'string') return undefined;
  return { source, provider, id };
}

/**
 * Looks a reference up. Reads a file or runs a program when the reference says so; a program is run without a shell, with
 * only the variables it is allowed, and is stopped after its time.
 */
export async function resolveSecretRef(ref: SecretRef, world: SecretWorld): Promise<Resolved> {
  const alias = ref.provider ?? nonBlank(world.secrets.defaults[ref.source]) ?? 'default';
  const configured = Object.hasOwn(world.secrets.providers, alias) ? world.secrets.providers[alias] : undefined;
  // The default env provider needs no configuration.
  const provider = configured ?? (ref.source === 'env' && alias === 'default' ? { source: 'env' } : undefined);
  if (!isJsonObject(provider)) return { reason: `secrets.providers.${alias} is not configured` };
  if (provider['source'] !== ref.source) return { reason: `secrets.providers.${alias} is not of source ${ref.source}` };
  try {
    if (ref.source === 'env') return fromEnv(ref.id, provider, world.env);
    if (ref.source === 'file') return await fromFile(ref.id, provider, world);
    return await fromProgram(ref.id, alias, provider, world);
  } catch (error) {
    return { reason: error instanceof Unusable ? error.message : `secrets.providers.${alias} failed` };
  }
}

/** Why a provider could not be used. Thrown only inside this file: other errors may quote the secret. */
class Unusable extends Error {}

function fromEnv(name: string, provider: JsonObject, env: Env): Resolved {
  const allowed = texts(provider['allowlist']);
  if (provider['allowlist'] !== undefined && !allowed.includes(name)) {
    return { reason: `${name} is not in the provider's allowlist` };
  }
  const value = nonBlank(env[name]);
  return value === undefined ? { reason: `environment variable ${name} is not set` } : { value };
}

async function fromFile(id: string, provider: JsonObject, { homeDir, uid }: SecretWorld): Promise<Resolved> {
  const file = expandHome(text(provider, 'path'), homeDir);
  await assertTrusted(file, { forbiddenMode: 0o077, uid }, provider);
  const content = await readFile(file, 'utf8').catch(() => {
    throw new Unusable(`secret file cannot be read: ${file}`);
  });
  if (provider['mode'] === 'singleValue') {
    return id === 'value'
      ? found(content.replace(/\r?\n$/, ''))
      : { reason: 'a singleValue file has only the id "value"' };
  }
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    return { reason: `secret file is not JSON: ${file}` };
  }
  return found(atPointer(json, id));
}

/** RFC 6901: `/a/b`, with `~1` for a slash and `~0` for a tilde inside a name. */
function atPointer(json: unknown, pointer: string): unknown {
  if (!pointer.startsWith('/')) return undefined;
  let value = json;
  for (const part of pointer.slice(1).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as JsonObject)[name];
  }
  return value;
}

async function fromProgram(id: string, alias: string, provider: JsonObject, world: SecretWorld): Promise<Resolved> {
  const command = text(provider, 'command');
  if (!path.isAbsolute(command)) throw new Unusable(`secrets.providers.${alias}.command is not an absolute path`);
  await assertTrusted(command, { forbiddenMode: 0o022, uid: world.uid }, provider);
  const stdout = await run(command, {
    args: texts(provider['args']),
    env: Object.fromEntries(texts(provider['passEnv']).map((name) => [name, world.env[name]])),
    stdin: JSON.stringify({ protocolVersion: 1, provider: alias, ids: [id] }),
    timeoutMs: count(provider['timeoutMs'], 5_000),
    maxBytes: count(provider['maxOutputBytes'], 1024 * 1024),
    signal: world.signal,
  });
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    // A plain program prints the value itself; only a provider that says so may.
    return provider['jsonOnly'] === false ? found(stdout.trim()) : { reason: `${command} did not answer with JSON` };
  }
  const values = isJsonObject(answer) ? answer['values'] : undefined;
  if (isJsonObject(values) && Object.hasOwn(values, id)) return found(values[id]);
  if (provider['jsonOnly'] === false && !isJsonObject(answer)) return found(stdout.trim());
  return { reason: `${command} has no value for ${id}` };
}

interface Run {
  readonly args: readonly string[];
  readonly env: Env;
  readonly stdin: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

async function run(command: string, { args, env, stdin, timeoutMs, maxBytes, signal }: Run): Promise<string> {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    const options = { env, timeout: timeoutMs, maxBuffer: maxBytes, signal, killSignal: 'SIGKILL' as const };
    const child = execFile(command, [...args], options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else if (error.killed === true) reject(new Unusable(`${command} did not answer within ${timeoutMs} ms`));
      else reject(new Unusable(`${command} failed (${String(error.code ?? 'stopped')})`));
    });
    // A program that never reads its input ends the pipe; its answer still counts.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin);
  });
}

/**
 * A secret file or resolver that others could have planted or can read is not used: it must be a regular file of this
 * user or root with none of `forbiddenMode` set. `allowInsecurePath` turns the check off, `allowSymlinkCommand` looks at
 * the link's target, `trustedDirs` limits where that may lie. Where nothing can be checked (Windows) nothing is trusted.
 */
async function assertTrusted(
  file: string,
  { forbiddenMode, uid }: { readonly forbiddenMode: number; readonly uid: number | undefined },
  provider: JsonObject,
): Promise<void> {
  if (provider['allowInsecurePath'] === true) return;
  const target = provider['allowSymlinkCommand'] === true ? await realpath(file).catch(() => file) : file;
  const stat = await lstat(target).catch(() => {
    throw new Unusable(`not found: ${file}`);
  });
  if (!stat.isFile()) throw new Unusable(`not a regular file: ${file}`);
  const dirs = texts(provider['trustedDirs']);
  if (dirs.length > 0 && !dirs.some((dir) => target.startsWith(path.join(dir, path.sep)))) {
    throw new Unusable(`outside of the provider's trustedDirs: ${file}`);
  }
  if (uid === undefined || (stat.uid !== uid && stat.uid !== 0) || (stat.mode & forbiddenMode) !== 0) {
    throw new Unusable(
      `others may own, read or change it: ${file} (chmod ${forbiddenMode === 0o077 ? '600' : 'go-w'})`,
    );
  }
}

function found(value: unknown): Resolved {
  const secret = nonBlank(value);
  return secret === undefined ? { reason: 'the provider has no text under this id' } : { value: secret };
}

const expandHome = (file: string, homeDir: string): string =>
  /^~(?=$|[/\\])/.test(file) ? path.join(homeDir, file.slice(1)) : path.resolve(file);

function text(provider: JsonObject, name: string): string {
  const value = nonBlank(provider[name]);
  if (value === undefined) throw new Unusable(`the provider has no ${name}`);
  return value;
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

const count = (value: unknown, fallback: number): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : fallback;
