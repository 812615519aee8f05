import type { DatabaseSync } from 'node:sqlite';
import type { DatabaseFacts } from '../../core/authority.ts';
import { SessionsError } from '../../errors.ts';
import type { BadRow, RowSet, SessionStore, StoredRow } from '../types.ts';
import { readDatabase } from './read.ts';
import { readExtent, readNewest, readRow } from './rows.ts';
import { readKind, type SessionSchema } from './schema.ts';

/**
 * The sessions in an `openclaw-agent.sqlite` (OpenClaw 2026.7.2-beta.1 and later): read only. Changing it takes the
 * runtime's own triggers, leases and search index, so writes are left to the Gateway.
 */
export function createSqliteStore(file: string): SessionStore {
  return {
    kind: 'sqlite',
    async list(query): Promise<RowSet> {
      const page = await readSessions(file, (database, schema) => readNewest(database, schema, query));
      return { kind: 'sqlite', exists: page !== undefined, path: file, ...(page ?? noRows) };
    },
    async find(key): Promise<StoredRow | undefined> {
      const row = await readSessions(file, (database, schema) => readRow(database, schema, key));
      if (row !== undefined && 'reason' in row) throw unreadableRow(file, row);
      return row;
    },
  };
}

const noRows = { total: 0, rows: [], badRows: [] };

/**
 * Reads from the session tables of a database.
 *
 * @returns undefined when there is no such file, or nothing in it
 * @throws SessionsError STORE_UNSUPPORTED when it is no session database; what `readDatabase` throws
 */
export function readSessions<T>(
  file: string,
  read: (database: DatabaseSync, schema: SessionSchema) => T,
): Promise<T | undefined> {
  return readDatabase(file, (database) => {
    const found = readKind(database, file);
    if (found.kind === 'without-sessions') return undefined;
    if (found.kind === 'foreign') throw foreign(file, found.reason);
    return read(database, found.schema);
  });
}

/** What a database says about itself, for the choice between it and a JSON store. */
export async function readDatabaseFacts(file: string): Promise<DatabaseFacts> {
  const facts = await readDatabase(file, (database): DatabaseFacts => {
    const found = readKind(database, file);
    if (found.kind === 'foreign') return { state: 'foreign' };
    if (found.kind === 'without-sessions') return { state: 'without-sessions' };
    return { state: 'sessions', ...readExtent(database, found.schema) };
  });
  return facts ?? { state: 'without-sessions' };
}

function foreign(file: string, reason: string): SessionsError {
  return new SessionsError('STORE_UNSUPPORTED', `Not a session store: ${file}: ${reason}`, {
    hint: 'Give --store a sessions.json or an openclaw-agent.sqlite.',
    details: { path: file },
  });
}

function unreadableRow(file: string, { key, reason }: BadRow): SessionsError {
  return new SessionsError('STORE_DAMAGED', `Session cannot be read: ${key} in ${file}: ${reason}`, {
    hint: 'Nothing was changed. Stop the Gateway and run: openclaw doctor',
    details: { path: file, key },
  });
}
