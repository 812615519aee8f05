import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { bare, type BenchOptions, bin, type BudgetLine, inScratchHome, measure, printFigures } from './measure.ts';
import { writeStore } from './stores.ts';

const genuine = path.resolve(import.meta.dirname, '../../fixtures/sqlite/genuine-2026.9.6/home');

/** The same sessions as a JSON store and as a database: what a listing costs. It has no goals. */
export function benchSqlite({ rounds }: BenchOptions): readonly BudgetLine[] {
  for (const spec of [
    { name: 'small-50k', entries: 50_000, bytesPerEntry: 760 },
    { name: 'fat-2k', entries: 2_000, bytesPerEntry: 22_500 },
  ]) {
    inScratchHome((folder) => {
      const jsonHome = path.join(folder, 'json');
      const json = writeStore(jsonHome, spec);
      const sqliteHome = path.join(folder, 'sqlite');
      const pendingHome = path.join(folder, 'pending');
      const database = writeDatabase(sqliteHome, json, true);
      writeDatabase(pendingHome, json, false);
      const limited = [bin, 'list', '--json', '--limit', '100'];
      const whole = [bin, 'list', '--json', '--limit', 'all'];
      const subjects = [
        bare,
        { name: 'JSON store, limit 100', args: limited, home: jsonHome },
        { name: 'database, limit 100', args: limited, home: sqliteHome },
        { name: 'database, no row validated, limit 100', args: limited, home: pendingHome },
        { name: 'JSON store, all', args: whole, home: jsonHome },
        { name: 'database, all', args: whole, home: sqliteHome },
      ];
      const size = `${(fs.statSync(json).size / 1e6).toFixed(1)} MB JSON, ${(fs.statSync(database).size / 1e6).toFixed(1)} MB SQLite`;
      printFigures(`${spec.name}: ${size}`, measure(subjects, rounds), ['S', 'JSON store, limit 100']);
    });
  }
  return [];
}

/** The genuine database, with the sessions of a JSON store in place of its own. */
function writeDatabase(home: string, json: string, isValidated: boolean): string {
  fs.cpSync(genuine, home, { recursive: true });
  const file = path.join(home, '.openclaw/agents/main/agent/openclaw-agent.sqlite');
  const database = new DatabaseSync(file);
  database.exec('BEGIN; DELETE FROM session_nodes');
  const insert = database.prepare(
    'INSERT INTO session_nodes (session_key, current_session_id, entry_json, updated_at) VALUES (?, ?, ?, ?)',
  );
  for (const [key, entry] of Object.entries(JSON.parse(fs.readFileSync(json, 'utf8')) as Record<string, Entry>)) {
    insert.run(key, entry.sessionId, JSON.stringify(entry), entry.updatedAt);
  }
  if (isValidated) database.exec('UPDATE session_nodes SET entry_valid = 1');
  database.exec('COMMIT');
  database.close();
  return file;
}

interface Entry {
  readonly sessionId: string;
  readonly updatedAt: number;
}
