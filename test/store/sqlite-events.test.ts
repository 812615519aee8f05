import path from 'node:path';
import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import type { LineSource } from '../../src/core/transcript/lines.ts';
import { openDatabaseSession } from '../../src/stores/sqlite/events.ts';
import { scratchFolder } from '../helpers/scratch.ts';
import { createDatabase, editDatabase, genuineHome } from '../helpers/sqlite.ts';

const sessionId = '00000000-0000-4000-8000-000000000001';

async function read(source: LineSource | undefined): Promise<readonly (readonly [number, string])[]> {
  const lines: [number, string][] = [];
  for await (const { number, text } of source?.lines() ?? []) lines.push([number, text]);
  return lines;
}

test('lines of both encodings come in order, as they were written', async () => {
  const { database } = genuineHome();
  const { transcript, runtime } = await openDatabaseSession(database, sessionId);
  const lines = await read(transcript);
  expect(lines.map(([number]) => number)).toEqual([1, 2, 3, 4, 5]);
  expect(lines.map(([, text]) => Buffer.byteLength(text))).toEqual([152, 184, 3123, 193, 427]);
  expect(transcript.bytes).toBe(152 + 184 + 3123 + 193 + 427 + 5);
  expect(runtime).toBeUndefined();
  expect(await read(transcript)).toEqual(lines);
  for (const [number, text] of lines) expect(await transcript.line(number)).toBe(text);
  expect(await transcript.line(1)).toBe(lines[0]?.[1]);
});

test('a session without events has an empty transcript, and so has one that is not there', async () => {
  const { database } = genuineHome();
  for (const id of ['00000000-0000-4000-8000-000000000008', 'nobody']) {
    const { transcript, runtime } = await openDatabaseSession(database, id);
    expect({ bytes: transcript.bytes, lines: await read(transcript), runtime }).toEqual({
      bytes: 0,
      lines: [],
      runtime: undefined,
    });
  }
});

test('a long transcript is read page by page, also with gaps, and lines added meanwhile are not seen', async () => {
  const { database } = genuineHome();
  const add = (from: number, to: number): void => {
    editDatabase(database, (db) => {
      // Compressed rows have a projection of the event, which nobody reads here.
      db.exec('PRAGMA ignore_check_constraints = ON');
      const insert = db.prepare(
        'INSERT INTO transcript_events (session_id, seq, event_json, event_zstd, event_utf8_bytes, created_at) VALUES (?, ?, ?, ?, ?, 0)',
      );
      db.exec('BEGIN');
      for (let seq = from; seq < to; seq++) {
        if (seq % 7 === 3) continue;
        const line = JSON.stringify({ seq, text: 'x'.repeat(seq % 50 === 0 ? 30_000 : 10) });
        const zstd = seq % 50 === 0 ? zlib.zstdCompressSync(Buffer.from(line)) : null;
        insert.run('long', seq, zstd === null ? line : null, zstd, line.length);
      }
      db.exec('COMMIT');
    });
  };
  editDatabase(
    database,
    "INSERT INTO session_windows (session_id, session_key, session_scope, created_at, updated_at) VALUES ('long', 'agent:main:main', 'conversation', 1, 1)",
  );
  add(0, 12_000);
  const { transcript } = await openDatabaseSession(database, 'long');
  add(12_000, 12_100);
  const lines = await read(transcript);
  const seqs = lines.map(([, text]) => (JSON.parse(text) as { seq: number }).seq);
  expect(seqs).toEqual(Array.from({ length: 12_000 }, (_, seq) => seq).filter((seq) => seq % 7 !== 3));
  for (const [number, text] of lines.filter((_, index) => index % 997 === 0)) {
    expect(await transcript.line(number)).toBe(text);
  }
});

test('a transcript that is rewritten while it is read is an error, not a mixture', async () => {
  const { database } = genuineHome();
  const { transcript } = await openDatabaseSession(database, sessionId);
  editDatabase(database, `DELETE FROM transcript_events WHERE session_id = '${sessionId}' AND seq > 2`);
  await expect(read(transcript)).rejects.toThrow('was rewritten while it was read');
  await expect(transcript.line(5)).rejects.toThrow('was rewritten while it was read');
});

test('an event that cannot be decompressed is a torn line, and the others are given', async () => {
  const { database } = genuineHome();
  editDatabase(
    database,
    `UPDATE transcript_events SET event_zstd = substr(event_zstd, 1, 100) WHERE session_id = '${sessionId}' AND seq = 2`,
  );
  const { transcript } = await openDatabaseSession(database, sessionId);
  expect((await read(transcript)).map(([number, text]) => [number, text.startsWith('{')])).toEqual([
    [1, true],
    [2, true],
    [3, false],
    [4, true],
    [5, true],
  ]);
});

test('a transcript in cold storage is not taken for an empty one', async () => {
  const { database } = genuineHome();
  editDatabase(
    database,
    `DELETE FROM transcript_events WHERE session_id = '${sessionId}';
     INSERT INTO session_transcript_cold_archives VALUES
       ('${sessionId}', 'g', 'a.jsonl.zst', '${'0'.repeat(64)}', 5, 1, 1, 4, 1, 'file', NULL);`,
  );
  await expect(openDatabaseSession(database, sessionId)).rejects.toMatchObject({
    code: 'FILE_FAILED',
    message: expect.stringContaining('cold storage'),
  });
});

test('databases of schemas 4 to 22 hold lines as text only', async () => {
  const file = createDatabase(
    path.join(scratchFolder(), 'openclaw-agent.sqlite'),
    `CREATE TABLE schema_meta (meta_key TEXT PRIMARY KEY, role TEXT);
     INSERT INTO schema_meta VALUES ('primary', 'agent');
     CREATE TABLE session_entries (session_key TEXT PRIMARY KEY, session_id TEXT, entry_json TEXT, updated_at INTEGER, status TEXT);
     CREATE TABLE transcript_events (session_id TEXT, seq INTEGER, event_json TEXT, created_at INTEGER, PRIMARY KEY (session_id, seq));
     CREATE TABLE trajectory_runtime_events (session_id TEXT, seq INTEGER, run_id TEXT, event_json TEXT, created_at INTEGER, PRIMARY KEY (session_id, seq));
     INSERT INTO transcript_events VALUES ('s1', 0, '{"type":"session"}', 1), ('s1', 1, '  {"größe":1} ', 2), ('s2', 0, '{}', 1);
     INSERT INTO trajectory_runtime_events VALUES ('s1', 5, 'r', '{"type":"session.started"}', 1);
     PRAGMA user_version = 11;`,
  );
  const { transcript, runtime } = await openDatabaseSession(file, 's1');
  expect(await read(transcript)).toEqual([
    [1, '{"type":"session"}'],
    [2, '{"größe":1}'],
  ]);
  expect(await read(runtime)).toEqual([[6, '{"type":"session.started"}']]);
});
