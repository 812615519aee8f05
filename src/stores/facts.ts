import fs from 'node:fs';
import path from 'node:path';
import type { DatabaseFacts, JsonFacts, MigrationFacts, StoreFacts } from '../core/authority.ts';
import { isJsonObject } from '../core/json.ts';
import { isDatabasePath, type StoreFiles } from '../core/store-files.ts';
import { SessionsError } from '../errors.ts';
import { type DatabaseFiles, isWithoutSessions, lookAtDatabase } from './sqlite/files.ts';

/** The facts of one agent, and the database they are about. */
export interface GatheredFacts extends StoreFacts {
  /** The database that is there, or the place where it would be. */
  readonly databasePath: string;
  /** What kept the database from being looked into. */
  readonly failure?: SessionsError;
}

/**
 * Looks at what is on disk for one agent. For a user of JSON stores this costs three calls that find nothing; SQLite is
 * loaded only when there is a database that may hold sessions beside a JSON store.
 */
export async function gatherFacts(files: StoreFiles, stateDir: string): Promise<GatheredFacts> {
  const json = isDatabasePath(files.json) ? undefined : jsonFacts(files.json);
  const { databasePath, seen } = findDatabase(files);
  const { database, failure } = await databaseFacts(databasePath, seen, json !== undefined);
  const isSettled = json === undefined && database.state !== 'absent' && database.state !== 'without-sessions';
  const newest = json === undefined ? undefined : newestUpdatedAt(files.json, json, database);
  return {
    databasePath,
    json: json === undefined || newest === undefined ? json : { ...json, newestUpdatedAtMs: newest },
    database,
    migration: isSettled ? undefined : migrationFacts(files, stateDir),
    ...(failure === undefined ? {} : { failure }),
  };
}

function jsonFacts(file: string): JsonFacts | undefined {
  try {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    return stat?.isFile() === true ? { mtimeMs: stat.mtimeMs } : undefined;
  } catch {
    // A folder that may not be entered: whoever reads the store will say so.
    return undefined;
  }
}

interface FoundDatabase {
  readonly databasePath: string;
  /** Undefined when there is none. */
  readonly seen: DatabaseFiles | 'unopened' | 'forbidden' | undefined;
}

function findDatabase({ databases }: StoreFiles): FoundDatabase {
  for (const databasePath of databases) {
    try {
      const seen = lookAtDatabase(databasePath);
      if (seen !== undefined) return { databasePath, seen };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return { databasePath, seen: code === 'EACCES' || code === 'EPERM' ? 'forbidden' : 'unopened' };
    }
  }
  return { databasePath: databases.at(-1) ?? '', seen: undefined };
}

async function databaseFacts(
  file: string,
  seen: FoundDatabase['seen'],
  hasJson: boolean,
): Promise<{ readonly database: DatabaseFacts; readonly failure?: SessionsError }> {
  if (seen === undefined) return { database: { state: 'absent' } };
  if (seen === 'forbidden') return { database: { state: 'forbidden' } };
  if (seen !== 'unopened') {
    if (typeof seen.header === 'string' && seen.wal === undefined) return { database: { state: 'foreign' } };
    if (isWithoutSessions(seen)) return { database: { state: 'without-sessions' } };
    // Alone, it is what will be read anyway; but version 0 may be of anyone, or of nobody yet.
    const isStamped = typeof seen.header === 'object' && seen.header.userVersion !== 0;
    if (!hasJson && isStamped) return { database: { state: 'unopened' } };
  }
  try {
    const { readDatabaseFacts } = await import('./sqlite/sqlite-store.ts');
    return { database: await readDatabaseFacts(file) };
  } catch (error) {
    if (!(error instanceof SessionsError)) throw error;
    return { database: { state: 'unopened' }, failure: error };
  }
}

/** Only looked for where it can matter: beside a database with something in it, when the file itself is not newer. */
function newestUpdatedAt(file: string, { mtimeMs }: JsonFacts, database: DatabaseFacts): number | undefined {
  if (database.state !== 'sessions' || database.newestMs === undefined || mtimeMs > database.newestMs) return undefined;
  try {
    const store: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    const times = Object.values(store as object)
      .map((entry: unknown) => (isJsonObject(entry) ? entry['updatedAt'] : undefined))
      .filter((time) => typeof time === 'number');
    return times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b));
  } catch {
    // Damaged: then it is not what a running OpenClaw is writing.
    return undefined;
  }
}

function migrationFacts({ json, archive }: StoreFiles, stateDir: string): MigrationFacts | undefined {
  const archived = namesIn(archive.folder)
    .filter((name) => name.startsWith(archive.prefix))
    .sort()
    .at(-1);
  if (archived !== undefined) return { archivedStore: path.join(archive.folder, archived) };
  const manifests = path.join(stateDir, 'session-sqlite-migration-runs');
  const isNamed = namesIn(manifests).some(
    (name) => name.endsWith('.json') && namesStore(path.join(manifests, name), json),
  );
  return isNamed ? {} : undefined;
}

/** True when a migration manifest says that something of this store was moved. */
function namesStore(manifest: string, store: string): boolean {
  try {
    const { targets } = JSON.parse(fs.readFileSync(manifest, 'utf8')) as { readonly targets?: unknown };
    return (
      Array.isArray(targets) && targets.some((target: unknown) => isJsonObject(target) && target['storePath'] === store)
    );
  } catch {
    return false;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
