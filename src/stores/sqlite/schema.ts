import type { DatabaseSync } from 'node:sqlite';
import { SessionsError } from '../../errors.ts';

/** The newest schema of OpenClaw's agent databases that was seen: 2026.9.6. */
const newestKnownSchema = 23;
/** The first one that holds sessions (2026.7.2-beta.1). */
const firstSessionsSchema = 4;

/** Where the sessions are in a database: the tables and columns that differ between releases. */
export interface SessionSchema {
  /** `session_nodes` from schema 14 on, `session_entries` from 4 to 13. */
  readonly table: 'session_nodes' | 'session_entries';
  /** Owners are columns of the row (schema 19). */
  readonly hasOwners: boolean;
  /** Participants are a table (schema 18). */
  readonly hasParticipants: boolean;
  /** Rows that OpenClaw has not validated since their last change are marked, and indexed (schema 21). */
  readonly hasValidation: boolean;
  /** Deleted and reset sessions are kept in a table. */
  readonly hasArchives: boolean;
}

/** What a database is. */
export type DatabaseKind =
  | { readonly kind: 'sessions'; readonly schema: SessionSchema }
  /** OpenClaw's, but of a release that kept its sessions in JSON, or one that has not made its tables yet. */
  | { readonly kind: 'without-sessions' }
  /** Of another program, or of another part of OpenClaw. */
  | { readonly kind: 'foreign'; readonly reason: string };

/**
 * Tells what a database holds by its tables, not by its name: files called openclaw-agent.sqlite exist since 2026.6.5,
 * sessions in them since 2026.7.2-beta.1. A schema newer than the known ones is fine as long as its tables fit.
 *
 * @throws SessionsError STORE_DAMAGED for an OpenClaw database without the tables of its schema, STORE_UNSUPPORTED for
 *   one that is newer and has other tables
 */
export function readKind(database: DatabaseSync, file: string): DatabaseKind {
  const version = pragma(database, 'user_version');
  const tables = new Set(
    rows(database, `SELECT name FROM sqlite_schema WHERE type = 'table'`).map(({ name }) => String(name)),
  );
  const role = tables.has('schema_meta') ? readRole(database) : undefined;
  const table = (['session_nodes', 'session_entries'] as const).find((name) => tables.has(name));
  if (table === undefined && (tables.size === 0 || (version > 0 && version < firstSessionsSchema))) {
    return { kind: 'without-sessions' };
  }
  if (pragma(database, 'application_id') !== 0) return { kind: 'foreign', reason: 'it belongs to another application' };
  if (!tables.has('schema_meta')) return { kind: 'foreign', reason: 'it is not a database of OpenClaw' };
  if (role === undefined) throw damaged(file, 'its table schema_meta has no row');
  if (role !== 'agent') return { kind: 'foreign', reason: `it is OpenClaw's database for ${role}, not an agent's` };
  if (table === undefined) {
    if (version > newestKnownSchema) throw unsupported(file, version, 'it has no session table that is known here');
    throw damaged(file, `its schema is ${version}, but it has no session table`);
  }
  const columns = new Set(rows(database, `PRAGMA table_info(${table})`).map(({ name }) => String(name)));
  const missing = ['session_key', 'entry_json', 'updated_at'].find((column) => !columns.has(column));
  if (missing !== undefined) {
    const reason = `its table ${table} has no column ${missing}`;
    throw version > newestKnownSchema ? unsupported(file, version, reason) : damaged(file, reason);
  }
  return {
    kind: 'sessions',
    schema: {
      table,
      hasOwners: columns.has('owner_actor_id') && columns.has('owner_assigned_at'),
      hasParticipants: tables.has('session_participants'),
      hasValidation: columns.has('entry_valid'),
      hasArchives: tables.has('session_transcript_archives'),
    },
  };
}

function readRole(database: DatabaseSync): string | undefined {
  const [meta] = rows(database, `SELECT role FROM schema_meta ORDER BY meta_key = 'primary' DESC LIMIT 1`);
  return meta === undefined ? undefined : String(meta['role']);
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(rows(database, `PRAGMA ${name}`)[0]?.[name] ?? 0);
}

function rows(database: DatabaseSync, sql: string): Record<string, unknown>[] {
  return database.prepare(sql).all();
}

function damaged(file: string, reason: string): SessionsError {
  return new SessionsError('STORE_DAMAGED', `Session store is damaged: ${file}: ${reason}`, {
    hint: 'Nothing was changed. Stop the Gateway and run: openclaw doctor',
    details: { path: file },
  });
}

function unsupported(file: string, version: number, reason: string): SessionsError {
  return new SessionsError(
    'STORE_UNSUPPORTED',
    `Session store is of a newer OpenClaw: ${file}: schema ${version}, and ${reason}`,
    {
      hint: `This version of sessions knows schemas up to ${newestKnownSchema}. Install a newer one.`,
      details: { path: file, schemaVersion: version },
    },
  );
}
