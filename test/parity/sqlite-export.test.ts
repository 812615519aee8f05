import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { editDatabase, fingerprint, genuineHome, sqliteFixtures } from '../helpers/sqlite.ts';

const sessionId = '00000000-0000-4000-8000-000000000001';
const exportMain = ['export-trajectory', '--session-key', 'agent:main:main', '--output', 'b1', '--json'];

test('a session of the genuine store is exported as by OpenClaw 2026.9.6, its compressed message whole', async () => {
  const { home, state } = genuineHome();
  const before = fingerprint(state);
  const { stdout, stderr, exitCode } = await runCli(exportMain, { home, cwd: home });
  const expected = path.join(sqliteFixtures, 'genuine-2026.9.6/expected');
  expect(stdout).toBe(
    fs.readFileSync(path.join(expected, 'export-trajectory.json'), 'utf8').replaceAll('/home/user', home),
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const bundle = path.join(state, 'trajectory-exports/b1');
  const events = fs.readFileSync(path.join(bundle, 'events.jsonl'), 'utf8');
  expect(events).toBe(fs.readFileSync(path.join(expected, 'export-events.jsonl'), 'utf8'));
  const [, answer] = events.split('\n').map((line) => (line === '' ? undefined : JSON.parse(line)));
  expect(answer.data.message.content[0].text).toBe('The quick brown fox jumps over the lazy dog. '.repeat(60));
  fs.rmSync(path.join(state, 'trajectory-exports'), { recursive: true });
  expect(fingerprint(state)).toEqual(before);
});

test('runtime events are exported as by OpenClaw 2026.9.6, file by file', async () => {
  const { home, state, database } = genuineHome();
  const folder = path.join(sqliteFixtures, 'export-2026.9.6');
  editDatabase(database, (db) => {
    const insert = db.prepare('INSERT INTO trajectory_runtime_events VALUES (?, ?, ?, ?, ?)');
    const lines = fs.readFileSync(path.join(folder, 'runtime.jsonl'), 'utf8').trim().split('\n');
    for (const [seq, line] of lines.entries()) insert.run(sessionId, seq, 'run-1', line, seq);
  });
  const { stdout } = await runCli(exportMain, { home, cwd: home });
  expect(JSON.parse(stdout)).toMatchObject({ eventCount: 10, runtimeEventCount: 6, transcriptEventCount: 4 });
  const bundle = path.join(state, 'trajectory-exports/b1');
  expect(fs.readdirSync(bundle).sort()).toEqual(fs.readdirSync(path.join(folder, 'bundle')).sort());
  for (const name of fs.readdirSync(bundle)) {
    const [got, expected] = [bundle, path.join(folder, 'bundle')].map((each) =>
      fs
        .readFileSync(path.join(each, name), 'utf8')
        // The time of the export; and 2026.9.6 hides where the session comes from, which we say.
        .replace(/"generatedAt": ".*"/, '"generatedAt": "now"')
        .replace(/"session": ".*openclaw-agent\.sqlite"/, '"session": "***"'),
    );
    expect(got, name).toBe(expected);
  }
});
