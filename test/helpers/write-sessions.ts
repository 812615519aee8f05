// Plays the runtime: inserts and updates sessions in a database until stdin ends. After each commit it prints how many
// sessions there are. Run as a process of its own: node write-sessions.ts <database> [reopen]
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const [, , file = '', mode] = process.argv;
const ended = new AbortController();
process.stdin
  .on('end', () => {
    ended.abort();
  })
  .resume();

const open = (): DatabaseSync => {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA busy_timeout = 5000');
  return database;
};

let database = open();
let count = Number(database.prepare('SELECT count(*) AS count FROM session_nodes').get()?.['count']);
for (let round = 1; !ended.signal.aborted; round++) {
  const now = Date.now();
  database.exec('BEGIN IMMEDIATE');
  database
    .prepare('INSERT INTO session_nodes (session_key, current_session_id, entry_json, updated_at) VALUES (?, ?, ?, ?)')
    .run(`agent:main:writer:${round}`, `w-${round}`, JSON.stringify({ sessionId: `w-${round}`, updatedAt: now }), now);
  database
    .prepare('UPDATE session_nodes SET entry_json = ?, updated_at = ? WHERE session_key = ?')
    .run(JSON.stringify({ sessionId: 'main', updatedAt: now }), now, 'agent:main:main');
  database.exec('COMMIT');
  process.stdout.write(`${++count}\n`);
  if (round % 20 === 0) database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  if (mode === 'reopen' && round % 5 === 0) {
    // The last connection takes the log with it when it closes: a quiet moment.
    database.close();
    await sleep(round % 3);
    database = open();
  }
  await sleep(1);
}
database.close();
