/**
 * Which of an agent's stores holds its sessions: the JSON file of releases up to 2026.7.x, or the SQLite database of
 * 2026.8 and later (docs/stores.md, which store is read).
 */

/** What can be seen on disk, without running OpenClaw. */
export interface StoreFacts {
  /** The JSON store, when it is a regular file. */
  readonly json: JsonFacts | undefined;
  readonly database: DatabaseFacts;
  /** Traces of a migration to SQLite: the archived original of this store, or a manifest that names it. */
  readonly migration: MigrationFacts | undefined;
}

export interface JsonFacts {
  /** Milliseconds since epoch. */
  readonly mtimeMs: number;
  /** The newest `updatedAt` in it, ms since epoch; undefined when it has none or was not looked at. */
  readonly newestUpdatedAtMs?: number;
}

export type DatabaseFacts =
  | { readonly state: 'absent' }
  /** A file of that name that is no SQLite database. */
  | { readonly state: 'foreign' }
  /** A database without session tables: 2026.6.5 to 2026.7.35 keep credentials and caches in a file of this name. */
  | { readonly state: 'without-sessions' }
  /** It may hold sessions, but was not looked into: nothing else is there, or it is damaged or locked. */
  | { readonly state: 'unopened' }
  /** This user may not look at it, perhaps not even whether it is there. */
  | { readonly state: 'forbidden' }
  | {
      readonly state: 'sessions';
      readonly rows: number;
      /** The newest time in it: of a row, or without rows of a deleted session that it keeps; undefined without either. */
      readonly newestMs?: number;
    };

export interface MigrationFacts {
  /** The archived original, when it is there. */
  readonly archivedStore?: string;
}

export interface Authority {
  /**
   * `none`: nothing was ever stored. `archived`: the sessions were moved into the import archive, and the database that
   * should hold them is gone.
   */
  readonly store: 'json' | 'sqlite' | 'none' | 'archived';
  /** What the user should know about the choice; usually nothing. */
  readonly findings: readonly AuthorityFinding[];
}

export type AuthorityFinding =
  /** SQLite is read; the JSON file beside it is an old one. */
  | 'json-stale'
  /** SQLite is read, but the JSON file is newer than every row: an older release may be writing it again. */
  | 'json-newer'
  /** SQLite is read; there is a JSON file and no trace of a finished import. */
  | 'import-incomplete'
  /** JSON is read; a newer release has made its database but imported nothing, and shows no sessions. */
  | 'not-migrated'
  /** JSON is read; it was migrated once, is newer than the database, and the database has no sessions. */
  | 'json-restored'
  /** SQLite is read and has no sessions; it was emptied after the JSON file was written. */
  | 'database-emptied'
  /** JSON is read; it was migrated once, but the database is not there. */
  | 'database-gone'
  /** JSON is read; the file in the database's place is none. */
  | 'database-foreign'
  /** JSON is read; whether there is a database that took its place cannot be seen by this user. */
  | 'database-forbidden';

/**
 * Decides which store to read. The JSON file wins only where the database has no sessions, and then only if it is newer
 * than everything in the database or nothing was imported: after a migration the runtime never looks at it again.
 */
export function decideAuthority({ json, database, migration }: StoreFacts): Authority {
  if (json === undefined) return withoutJson(database, migration);
  switch (database.state) {
    case 'absent':
    case 'without-sessions':
      return choose('json', ...(migration === undefined ? [] : (['database-gone'] as const)));
    case 'foreign':
      return choose('json', 'database-foreign');
    case 'forbidden':
      // After a migration the JSON file is gone, so where one is it is probably in use.
      return choose('json', 'database-forbidden');
    case 'unopened':
      // Guessing could show sessions of months ago as today's; reading the database will say what is wrong with it.
      return choose('sqlite');
    case 'sessions':
      return withBoth(json, database, migration);
  }
}

function withoutJson(database: DatabaseFacts, migration: MigrationFacts | undefined): Authority {
  switch (database.state) {
    case 'sessions':
    case 'foreign':
    case 'forbidden':
    case 'unopened':
      return choose('sqlite');
    case 'absent':
    case 'without-sessions':
      return choose(migration === undefined ? 'none' : 'archived');
  }
}

function withBoth(
  json: JsonFacts,
  database: Extract<DatabaseFacts, { state: 'sessions' }>,
  migration: MigrationFacts | undefined,
): Authority {
  const isJsonNewer =
    database.newestMs === undefined || Math.max(json.mtimeMs, json.newestUpdatedAtMs ?? 0) > database.newestMs;
  if (database.rows === 0) {
    if (migration === undefined) return choose('json', 'not-migrated');
    return isJsonNewer ? choose('json', 'json-restored') : choose('sqlite', 'database-emptied');
  }
  if (migration !== undefined) return choose('sqlite', isJsonNewer ? 'json-newer' : 'json-stale');
  return choose('sqlite', 'import-incomplete', ...(isJsonNewer ? (['json-newer'] as const) : []));
}

function choose(store: Authority['store'], ...findings: readonly AuthorityFinding[]): Authority {
  return { store, findings };
}
