import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { scratchFolder } from './scratch.ts';

export const sqliteFixtures = path.resolve(import.meta.dirname, '../../fixtures/sqlite');
const genuine = path.join(sqliteFixtures, 'genuine-2026.9.6');

/** A scratch HOME with the genuine store of OpenClaw 2026.9.6: nine sessions, schema 23, write-ahead log, quiet. */
export function genuineHome(): { readonly home: string; readonly state: string; readonly database: string } {
  const home = scratchFolder();
  fs.cpSync(path.join(genuine, 'home'), home, { recursive: true });
  const state = path.join(home, '.openclaw');
  return { home, state, database: path.join(state, 'agents/main/agent/openclaw-agent.sqlite') };
}

/** The same, but its writer was killed with a tenth session only in the log. */
export function abandonedHome(): ReturnType<typeof genuineHome> {
  const { home, state, database } = genuineHome();
  const folder = path.dirname(database);
  const writer = new DatabaseSync(database);
  writer.exec('PRAGMA wal_autocheckpoint = 0');
  insertNode(writer, 'agent:main:last', { sessionId: 'last', updatedAt: 1795212590999 });
  const killed = `${folder}.killed`;
  fs.cpSync(folder, killed, { recursive: true });
  writer.close();
  fs.rmSync(folder, { recursive: true });
  fs.renameSync(killed, folder);
  return { home, state, database };
}

/** The JSON store that the genuine one was made from. */
export const storeBeforeMigration = path.join(genuine, 'before/sessions.json');

/** Changes a database and closes it, which leaves it quiet: no log, no side files. */
export function editDatabase(file: string, edit: string | ((database: DatabaseSync) => void)): void {
  const database = new DatabaseSync(file);
  try {
    if (typeof edit === 'string') database.exec(edit);
    else edit(database);
  } finally {
    database.close();
  }
}

/** A new database; the folder is made. */
export function createDatabase(file: string, sql: string): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  editDatabase(file, sql);
  return file;
}

/** Puts a row in as the runtime would, validated. */
export function insertNode(
  database: DatabaseSync,
  key: string,
  entry: unknown,
  columns: Readonly<Record<string, string | number>> = {},
): void {
  const { sessionId, updatedAt } = (entry ?? {}) as { readonly sessionId?: string; readonly updatedAt?: number };
  const row = {
    session_key: key,
    current_session_id: sessionId ?? 'none',
    entry_json: typeof entry === 'string' ? entry : JSON.stringify(entry),
    updated_at: updatedAt ?? 0,
    ...columns,
  };
  const names = Object.keys(row);
  database
    .prepare(`INSERT INTO session_nodes (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
    .run(...Object.values(row));
  // Triggers have marked it as not validated.
  if (columns['entry_valid'] === undefined) {
    database.prepare('UPDATE session_nodes SET entry_valid = 1 WHERE session_key = ?').run(key);
  }
}

/** Every file below a folder: name, content, mode and time of last change. Two equal ones mean that nothing was touched. */
export function fingerprint(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const file = path.join(folder, name);
      const { mode, mtimeMs, size } = fs.statSync(file);
      const hash = fs.statSync(file).isFile()
        ? createHash('sha256').update(fs.readFileSync(file)).digest('hex')
        : 'folder';
      return `${name} ${mode.toString(8)} ${mtimeMs} ${size} ${hash}`;
    });
}
