import fs from 'node:fs';
import path from 'node:path';
import { scratchFolder, writeTree } from './scratch.ts';

export const dayMs = 86_400_000;
/** The sessions folder of the default agent, below the home. */
export const sessionsDir = '.openclaw/agents/main/sessions';

export interface HomeOptions {
  /** `session.maintenance` of the config. */
  readonly maintenance?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Key -> entry; `age` (ms) becomes `updatedAt`. */
  readonly store?: Readonly<Record<string, unknown>>;
  /** Files in the sessions folder: name -> age in ms. Each holds its own name. */
  readonly files?: Readonly<Record<string, number>>;
}

export interface Home {
  readonly home: string;
  readonly dir: string;
  readonly store: string;
}

/** A home with a config without a Gateway, a store and transcripts of given ages. */
export function sessionsHome(options: HomeOptions = {}, home = scratchFolder()): Home {
  const dir = path.join(home, sessionsDir);
  const store = path.join(dir, 'sessions.json');
  const { maintenance, config = {}, files = {} } = options;
  writeTree(home, {
    '.openclaw/openclaw.json': {
      gateway: { port: 1 },
      ...config,
      ...(maintenance === undefined ? {} : { session: { maintenance } }),
    },
    ...(options.store === undefined ? {} : { [`${sessionsDir}/sessions.json`]: withTimes(options.store) }),
    ...Object.fromEntries(Object.keys(files).map((name) => [`${sessionsDir}/${name}`, name])),
  });
  for (const [name, ageMs] of Object.entries(files)) setAge(path.join(dir, name), ageMs);
  return { home, dir, store };
}

export function setAge(file: string, ageMs: number): void {
  const time = (Date.now() - ageMs) / 1000;
  fs.utimesSync(file, time, time);
}

/** The stored keys, in order. */
export function keysOf(store: string): readonly string[] {
  return Object.keys(JSON.parse(fs.readFileSync(store, 'utf8')) as object);
}

/** Names in a folder, sorted, the stamps of archives made just now masked. */
export function namesIn(dir: string): readonly string[] {
  return fs
    .readdirSync(dir)
    .map((name) => name.replace(/\.deleted\.(?!2020-)\d{4}-\d\d-\d\dT[\d-]+\.\d{3}Z$/, '.deleted.<ts>'))
    .sort();
}

function withTimes(store: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const now = Date.now();
  return Object.fromEntries(
    Object.entries(store).map(([key, entry]) => {
      if (typeof entry !== 'object' || entry === null || !('age' in entry)) return [key, entry];
      const { age, ...fields } = entry as { age: number };
      return [key, { ...fields, updatedAt: now - age }];
    }),
  );
}
