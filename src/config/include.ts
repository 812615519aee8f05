import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject } from '../core/json.ts';
import type { Env } from '../world.ts';
import { expandHome } from './home.ts';
import { parseConfigText } from './parse.ts';
import { ConfigProblem } from './refusal.ts';

export interface IncludeContext {
  /** The config file itself, absolute. */
  readonly file: string;
  readonly homeDir: string;
  readonly cwd: string;
  readonly env: Env;
}

/**
 * Puts the files that `$include` names in its place, as OpenClaw 2026.5.12 does. Several files are merged from left to
 * right, and the keys beside `$include` go on top: objects key by key, lists one after another, anything else replaced.
 *
 * A file must lie in the config's folder, or in one of `OPENCLAW_INCLUDE_ROOTS`, also after links are followed, so that
 * a config from elsewhere cannot pull secrets into messages. Hard links could come from anywhere and are refused.
 *
 * @throws ConfigProblem worded as in the reference
 */
export async function resolveIncludes(config: unknown, context: IncludeContext): Promise<unknown> {
  const { file, homeDir, cwd, env } = context;
  const extra = (env['OPENCLAW_INCLUDE_ROOTS'] ?? '').split(path.delimiter).map((root) => root.trim());
  const roots = extra.filter((root) => root !== '').map((root) => path.resolve(cwd, expandHome(root, homeDir)));
  return resolveIn(config, [file], [path.dirname(file), ...roots]);
}

const maxDepth = 10;
const maxBytes = 2 * 1024 * 1024;

/**
 * @param chain the files being read, each included by the one before it
 * @param roots folders that may be read from; the first is the config's own
 */
async function resolveIn(value: unknown, chain: readonly string[], roots: readonly string[]): Promise<unknown> {
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) items.push(await resolveIn(item, chain, roots));
    return items;
  }
  if (!isJsonObject(value)) return value;
  const beside = Object.entries(value).filter(([key]) => key !== '$include');
  const resolved: [string, unknown][] = [];
  if (!Object.hasOwn(value, '$include')) {
    for (const [key, item] of beside) resolved.push([key, await resolveIn(item, chain, roots)]);
    return Object.fromEntries(resolved);
  }
  const included = await readIncluded(value['$include'], chain, roots);
  if (beside.length === 0) return included;
  if (!isJsonObject(included)) throw new ConfigProblem('Sibling keys require included content to be an object');
  for (const [key, item] of beside) resolved.push([key, await resolveIn(item, chain, roots)]);
  return merge(included, Object.fromEntries(resolved));
}

async function readIncluded(names: unknown, chain: readonly string[], roots: readonly string[]): Promise<unknown> {
  if (typeof names === 'string') return readInclude(names, chain, roots);
  if (!Array.isArray(names)) {
    throw new ConfigProblem(`Invalid $include value: expected string or array of strings, got ${typeof names}`);
  }
  let merged: unknown = {};
  for (const name of names) {
    if (typeof name !== 'string') {
      throw new ConfigProblem(`Invalid $include array item: expected string, got ${typeof name}`);
    }
    merged = merge(merged, await readInclude(name, chain, roots));
  }
  return merged;
}

async function readInclude(name: string, chain: readonly string[], roots: readonly string[]): Promise<unknown> {
  const file = path.resolve(path.dirname(chain.at(-1) ?? ''), name);
  const [configDir = ''] = roots;
  if (!roots.some((root) => isWithin(file, root))) {
    throw new ConfigProblem(`Include path escapes config directory: ${name} (root: ${configDir})`);
  }
  if (chain.includes(file)) throw new ConfigProblem(`Circular include detected: ${[...chain, file].join(' -> ')}`);
  if (chain.length > maxDepth) throw new ConfigProblem(`Maximum include depth (${maxDepth}) exceeded at: ${name}`);
  const text = readChecked(name, file, roots);
  let parsed: unknown;
  try {
    parsed = await parseConfigText(text);
  } catch {
    throw new ConfigProblem(`Failed to parse include file: ${name} (resolved: ${file})`);
  }
  return resolveIn(parsed, [...chain, file], roots);
}

function readChecked(name: string, file: string, roots: readonly string[]): string {
  const [configDir = ''] = roots;
  try {
    const real = realpathSync(file);
    if (!roots.some((root) => isWithin(real, realFolder(root)))) {
      throw new ConfigProblem(`Include path resolves outside config directory (symlink): ${name} (root: ${configDir})`);
    }
    const stats = statSync(real);
    if (!stats.isFile() || stats.nlink > 1 || stats.size > maxBytes) {
      throw new ConfigProblem(
        `Include file failed security checks (regular file, max ${maxBytes} bytes, no hardlinks): ${name}`,
      );
    }
    return readFileSync(real, 'utf8');
  } catch (error) {
    if (error instanceof ConfigProblem) throw error;
    throw new ConfigProblem(`Failed to read include file: ${name} (resolved: ${file})`);
  }
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function isWithin(file: string, root: string): boolean {
  const relative = path.relative(root, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

function merge(below: unknown, above: unknown): unknown {
  if (Array.isArray(below) && Array.isArray(above)) return [...(below as unknown[]), ...(above as unknown[])];
  if (!isJsonObject(below) || !isJsonObject(above)) return above;
  const merged = new Map(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    merged.set(key, merged.has(key) ? merge(merged.get(key), value) : value);
  }
  return Object.fromEntries(merged);
}
