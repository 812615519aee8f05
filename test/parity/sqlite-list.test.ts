import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { editDatabase, genuineHome, insertNode, sqliteFixtures } from '../helpers/sqlite.ts';

/** Ages depend on the clock; everything else is compared as bytes. */
const maskAges = (text: string): string => text.replace(/"ageMs": (-?\d+|"<ageMs>")/g, '"ageMs": 0');

test('a genuine store is listed as OpenClaw 2026.9.6 lists it', async () => {
  const { home } = genuineHome();
  const { stdout, stderr, exitCode } = await runCli(['list', '--json'], { home });
  const expected = fs.readFileSync(path.join(sqliteFixtures, 'genuine-2026.9.6/expected/list.json'), 'utf8');
  // Masked: ageMs (the clock) and the home folder. contextTokens, which 2026.9.6 recomputes, is compared too.
  expect(maskAges(stdout)).toBe(maskAges(expected.replaceAll('/home/user', home)));
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

test.each([
  ['rows-fields', 'every field of a row'],
  ['rows-config', 'models, windows and policies from a config'],
])('%s: %s, as OpenClaw 2026.9.6 lists them', async (name) => {
  const { home, state, database } = genuineHome();
  const folder = path.join(sqliteFixtures, name);
  const rows = JSON.parse(fs.readFileSync(path.join(folder, 'rows.json'), 'utf8'));
  editDatabase(database, (db) => {
    for (const { session_key: key, entry_json: entry, ...columns } of rows.session_nodes) {
      db.prepare('DELETE FROM session_nodes WHERE session_key = ?').run(key);
      insertNode(db, key, entry, columns);
    }
    const participant = db.prepare('INSERT INTO session_participants VALUES (?, ?, ?, ?, ?, ?)');
    for (const row of rows.session_participants) participant.run(...Object.values<string | number | null>(row));
  });
  const config = path.join(folder, 'openclaw.json');
  if (fs.existsSync(config)) fs.copyFileSync(config, path.join(state, 'openclaw.json'));
  const { stdout, exitCode } = await runCli(['list', '--json', '--limit', 'all', '--agent', 'main'], { home });
  const expected = fs.readFileSync(path.join(folder, 'list.json'), 'utf8');
  expect(maskAges(stdout)).toBe(maskAges(expected.replaceAll('$HOME', home)));
  expect(exitCode).toBe(0);
});
