import type * as nodeSqlite from 'node:sqlite';
import { withoutWarning } from '../../world.ts';

export type Sqlite = typeof nodeSqlite;

/**
 * Node's own SQLite, loaded when a database is really read. Up to Node 24 it announces itself as experimental on stderr;
 * that one warning is left out, all others stay.
 */
export function loadSqlite(): Promise<Sqlite> {
  return withoutWarning(/SQLite is an experimental feature/, () => import('node:sqlite'));
}
