import fc from 'fast-check';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { isCopyable, isUnchanged, lookAtDatabase } from '../../src/stores/sqlite/files.ts';
import { readDatabase } from '../../src/stores/sqlite/read.ts';
import { createSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts';
import { scratchFolder } from '../helpers/scratch.ts';
import {
  abandonedHome,
  createDatabase,
  editDatabase,
  fingerprint,
  genuineHome,
  insertNode,
} from '../helpers/sqlite.ts';
import { isThorough } from '../helpers/thorough.ts';

const all = { limit: null };

describe('rows', () => {
  test('are the newest first, ties by key, as many as asked for', async () => {
    const { database } = genuineHome();
    const { total, rows } = await createSqliteStore(database).list({ limit: 4 });
    expect(total).toBe(9);
    expect(rows.map(({ key }) => key)).toEqual([
      'agent:main:telegram:direct:123456789',
      'agent:main:main',
      'agent:main:cron:job-1',
      'agent:main:cron:job-1:run:00000000-0000-4000-8000-000000000004',
    ]);
  });

  test('are those updated since a time, and counted so', async () => {
    const { database } = genuineHome();
    const { total, rows } = await createSqliteStore(database).list({ limit: 1, updatedSinceMs: 1795190475628 });
    expect({ total, count: rows.length }).toEqual({ total: 4, count: 1 });
  });

  test("leave out OpenClaw's bookkeeping, and only that", async () => {
    const { database } = genuineHome();
    const hidden = 'agent:main:internal-session-effects:abc';
    const shown = [
      'agent:main:x:internal-session-effects:abc',
      'agent::internal-session-effects',
      'x:main:internal-session-effects:abc',
    ];
    editDatabase(database, (db) => {
      for (const key of [hidden, ...shown]) insertNode(db, key, { sessionId: key, updatedAt: 1 });
    });
    const { total, rows } = await createSqliteStore(database).list(all);
    expect(total).toBe(9 + shown.length);
    expect(rows.map(({ key }) => key)).toEqual(expect.arrayContaining(shown));
  });

  test('that cannot be read are named, and the others are given', async () => {
    const { database } = genuineHome();
    editDatabase(database, (db) => {
      insertNode(db, 'agent:main:torn', '{"sessionId":"b",', { updated_at: 1795212590938 });
      insertNode(db, 'agent:main:list', '[]', { updated_at: 1795212590939 });
    });
    const { total, rows, badRows } = await createSqliteStore(database).list({ limit: 1 });
    expect({ total, key: rows[0]?.key }).toEqual({ total: 9, key: 'agent:main:telegram:direct:123456789' });
    expect(badRows.map(({ key }) => key).sort()).toEqual(['agent:main:list', 'agent:main:torn']);
    expect(badRows.map(({ reason }) => reason).join()).toContain('not valid JSON');
  });

  test('that cannot be read are named beyond the limit too, where the runtime has marked them', async () => {
    const { database } = genuineHome();
    editDatabase(database, (db) => {
      insertNode(db, 'agent:main:torn', '{', { updated_at: 1, entry_valid: 0 });
    });
    const { total, badRows } = await createSqliteStore(database).list({ limit: 1 });
    expect({ total, bad: badRows.map(({ key }) => key) }).toEqual({ total: 9, bad: ['agent:main:torn'] });
  });

  test('beyond the limit are not read at all', async () => {
    const { database } = genuineHome();
    editDatabase(database, (db) => {
      db.exec('BEGIN');
      for (let index = 0; index < 3000; index++) insertNode(db, `agent:main:${index}`, '{', { updated_at: index });
      db.exec('COMMIT');
    });
    const { rows, badRows } = await createSqliteStore(database).list({ limit: 9 });
    expect({ rows: rows.length, bad: badRows.length }).toEqual({ rows: 9, bad: 0 });
  });

  test('have any key and any entry', async () => {
    const { database } = genuineHome();
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.record({
            key: fc.oneof(
              fc.string(),
              fc.constantFrom('__proto__', "'; DROP TABLE session_nodes; --", '', '\u001b[2J'),
            ),
            entry: fc.dictionary(fc.string(), fc.jsonValue()),
          }),
          { selector: ({ key }) => key, maxLength: 5 },
        ),
        async (stored) => {
          // A key with NUL or half a surrogate pair cannot be stored as text.
          const rows = stored.filter(({ key }) => key.isWellFormed() && !key.includes('\0'));
          editDatabase(database, (db) => {
            db.exec('DELETE FROM session_nodes');
            for (const { key, entry } of rows) insertNode(db, key, JSON.stringify(entry));
          });
          const listed = await createSqliteStore(database).list(all);
          expect(listed.badRows).toEqual([]);
          expect(new Set(listed.rows.map(({ key }) => key))).toEqual(new Set(rows.map(({ key }) => key)));
        },
      ),
      { numRuns: isThorough ? 500 : 30 },
    );
  });
});

describe('one row', () => {
  test('is found by its exact key, else without regard to case', async () => {
    const { database } = genuineHome();
    editDatabase(database, (db) => {
      insertNode(db, 'AGENT:main:MAIN', { sessionId: 'capitals', updatedAt: 1 });
    });
    const store = createSqliteStore(database);
    expect((await store.find('agent:main:main'))?.key).toBe('agent:main:main');
    expect((await store.find('AGENT:main:MAIN'))?.key).toBe('AGENT:main:MAIN');
    expect((await store.find('Agent:Main:Main'))?.key).toBe('agent:main:main');
    expect(await store.find('agent:main:nobody')).toBeUndefined();
  });

  test('that cannot be read is an error', async () => {
    const { database } = genuineHome();
    editDatabase(database, (db) => {
      insertNode(db, 'agent:main:torn', '{');
    });
    await expect(createSqliteStore(database).find('agent:main:torn')).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
      message: expect.stringContaining('agent:main:torn'),
    });
  });
});

describe('a store that nobody uses is left exactly as it is', () => {
  test('without side files', async () => {
    const { state, database } = genuineHome();
    const before = fingerprint(state);
    expect((await createSqliteStore(database).list(all)).total).toBe(9);
    expect(fingerprint(state)).toEqual(before);
  });

  test('with the empty log and the index that readers of OpenClaw leave behind', async () => {
    const { state, database } = genuineHome();
    const reader = new DatabaseSync(database, { readOnly: true });
    reader.prepare('SELECT count(*) FROM session_nodes').get();
    reader.close();
    expect(fs.existsSync(`${database}-shm`)).toBe(true);
    const before = fingerprint(state);
    expect((await createSqliteStore(database).list(all)).total).toBe(9);
    expect(fingerprint(state)).toEqual(before);
  });

  test('with the log of a writer that was killed: its rows are read', async () => {
    const { state, database } = abandonedHome();
    const before = fingerprint(state);
    expect((await createSqliteStore(database).list(all)).total).toBe(10);
    expect(fingerprint(state)).toEqual(before);
  });

  test('with a log but no index, as a copy of a live store is', async () => {
    const { state, database } = abandonedHome();
    fs.rmSync(`${database}-shm`);
    const before = fingerprint(state);
    expect((await createSqliteStore(database).list(all)).total).toBe(10);
    expect(fingerprint(state)).toEqual(before);
  });

  test('in rollback mode, as on network file systems', async () => {
    const { state, database } = genuineHome();
    editDatabase(database, 'PRAGMA journal_mode = DELETE');
    const before = fingerprint(state);
    expect((await createSqliteStore(database).list(all)).total).toBe(9);
    expect(fingerprint(state)).toEqual(before);
  });

  test('in rollback mode with a transaction that was cut off: it does not count', async () => {
    const { state, database } = genuineHome();
    editDatabase(database, 'PRAGMA journal_mode = DELETE');
    const writer = new DatabaseSync(database);
    // A cache of one page drives the changes into the file before the commit.
    writer.exec(`PRAGMA cache_size = 1; BEGIN; UPDATE session_nodes SET label = hex(randomblob(20000))`);
    for (const side of ['', '-journal']) fs.copyFileSync(database + side, `${database}.copy${side}`);
    writer.exec('ROLLBACK');
    writer.close();
    for (const side of ['', '-journal']) fs.renameSync(`${database}.copy${side}`, database + side);
    const before = fingerprint(state);
    expect((await createSqliteStore(database).list(all)).total).toBe(9);
    expect(fingerprint(state)).toEqual(before);
  });

  test('behind a link', async () => {
    const { state, database } = abandonedHome();
    const link = path.join(scratchFolder(), 'link.sqlite');
    fs.symlinkSync(database, link);
    const before = fingerprint(state);
    expect((await createSqliteStore(link).list(all)).total).toBe(10);
    expect(fingerprint(state)).toEqual(before);
    expect(fs.readdirSync(path.dirname(link))).toEqual(['link.sqlite']);
  });
});

test('rows are fresh while the runtime has them only in its log', async () => {
  const { database } = genuineHome();
  const runtime = new DatabaseSync(database);
  runtime.exec('PRAGMA wal_autocheckpoint = 0');
  const store = createSqliteStore(database);
  for (let count = 10; count < 15; count++) {
    insertNode(runtime, `agent:main:new-${count}`, { sessionId: `${count}`, updatedAt: count });
    expect((await store.list(all)).total).toBe(count);
  }
  runtime.exec("DELETE FROM session_nodes WHERE session_key LIKE 'agent:main:new-%'");
  expect((await store.list(all)).total).toBe(9);
  runtime.close();
});

test('a quiet store that is written while it is read is read again', async () => {
  const { database } = genuineHome();
  let calls = 0;
  const total = await readDatabase(database, (db) => {
    const count = (): unknown => db.prepare('SELECT count(*) AS count FROM session_nodes').get()?.['count'];
    const before = count();
    // A whole life of a writer: log, checkpoint, and everything tidied up again.
    if (++calls === 1) {
      editDatabase(database, (writer) => {
        insertNode(writer, 'agent:main:new', { sessionId: 'new', updatedAt: 1 });
      });
    }
    return before;
  });
  expect({ calls, total }).toEqual({ calls: 2, total: 10 });
});

test('a failure that a writer may have caused is not reported, but tried again', async () => {
  const { database } = genuineHome();
  let calls = 0;
  const value = await readDatabase(database, () => {
    if (++calls > 1) return 'whole';
    fs.utimesSync(database, 1, 1);
    throw Object.assign(new Error('database disk image is malformed'), { errcode: 11 });
  });
  expect({ calls, value }).toEqual({ calls: 2, value: 'whole' });
});

test('a copy counts only when main file and log belong together', () => {
  const { database } = abandonedHome();
  const before = lookAtDatabase(database)!;
  fs.appendFileSync(`${database}-wal`, 'x');
  expect(isCopyable(before, lookAtDatabase(database))).toBe(true);
  expect(isUnchanged(before, lookAtDatabase(database))).toBe(false);
  fs.truncateSync(`${database}-wal`, 32);
  expect(isCopyable(before, lookAtDatabase(database))).toBe(false);
  const again = lookAtDatabase(database)!;
  fs.utimesSync(database, 1, 1);
  expect(isCopyable(again, lookAtDatabase(database))).toBe(false);
  fs.rmSync(database);
  expect(isCopyable(again, lookAtDatabase(database))).toBe(false);
});

test('a missing file is an empty store', async () => {
  const file = path.join(scratchFolder(), 'openclaw-agent.sqlite');
  const store = createSqliteStore(file);
  expect(await store.list(all)).toMatchObject({ exists: false, total: 0, rows: [] });
  expect(await store.find('x')).toBeUndefined();
  expect(fs.existsSync(file)).toBe(false);
});

describe('databases of other releases', () => {
  const meta = (version: number): string => `
    CREATE TABLE schema_meta (meta_key TEXT PRIMARY KEY, role TEXT NOT NULL, schema_version INTEGER NOT NULL,
      agent_id TEXT, app_version TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
    INSERT INTO schema_meta VALUES ('primary', 'agent', ${version}, 'main', 'x', 1, 1);
    PRAGMA user_version = ${version};`;

  test.each([4, 8, 9, 13])('schema %i: entries in session_entries', async (version) => {
    const strict = version >= 9 ? 'STRICT' : '';
    const file = createDatabase(
      path.join(scratchFolder(), 'openclaw-agent.sqlite'),
      `${meta(version)}
       CREATE TABLE session_entries (session_key TEXT NOT NULL PRIMARY KEY, session_id TEXT NOT NULL,
         entry_json TEXT NOT NULL, updated_at INTEGER NOT NULL, status TEXT) ${strict};
       CREATE TABLE sessions (session_id TEXT PRIMARY KEY, session_key TEXT NOT NULL) ${strict};
       INSERT INTO session_entries VALUES ('agent:main:old', 's1', '{"sessionId":"s1","updatedAt":1}', 1, NULL);
       INSERT INTO session_entries VALUES ('agent:main:new', 's2', '{"sessionId":"s2","updatedAt":2}', 2, 'done');
       INSERT INTO session_entries VALUES ('agent:main:torn', 's3', '{', 3, NULL);`,
    );
    const { rows, badRows } = await createSqliteStore(file).list({ limit: 1 });
    expect(rows).toEqual([{ key: 'agent:main:new', entry: { sessionId: 's2', updatedAt: 2 } }]);
    expect(badRows.map(({ key }) => key)).toEqual(['agent:main:torn']);
    expect((await createSqliteStore(file).find('agent:main:old'))?.entry).toMatchObject({ sessionId: 's1' });
  });

  test.each([14, 17, 20, 22, 24])(
    'schema %i: entries in session_nodes, with or without later tables',
    async (version) => {
      const file = createDatabase(
        path.join(scratchFolder(), 'openclaw-agent.sqlite'),
        `${meta(version)}
       CREATE TABLE session_nodes (session_key TEXT NOT NULL PRIMARY KEY, current_session_id TEXT NOT NULL,
         entry_json TEXT NOT NULL, updated_at INTEGER NOT NULL, status TEXT, spawned_by TEXT, label TEXT) STRICT;
       INSERT INTO session_nodes VALUES ('agent:main:a', 's1', '{"sessionId":"s1","updatedAt":1}', 1, NULL, NULL, NULL);`,
      );
      const { rows } = await createSqliteStore(file).list(all);
      expect(rows).toEqual([{ key: 'agent:main:a', entry: { sessionId: 's1', updatedAt: 1 } }]);
    },
  );

  test('a database that was made for another agent is read', async () => {
    const { database } = genuineHome();
    editDatabase(database, "UPDATE schema_meta SET agent_id = 'work'");
    expect((await createSqliteStore(database).list(all)).total).toBe(9);
  });

  test('a newer schema with other tables is refused by name', async () => {
    const file = createDatabase(
      path.join(scratchFolder(), 'openclaw-agent.sqlite'),
      `${meta(31)} CREATE TABLE session_graph (id INTEGER);`,
    );
    await expect(createSqliteStore(file).list(all)).rejects.toMatchObject({
      code: 'STORE_UNSUPPORTED',
      exitCode: 4,
      message: expect.stringContaining('schema 31'),
    });
  });

  test('a newer schema whose table has other columns is refused too', async () => {
    const file = createDatabase(
      path.join(scratchFolder(), 'openclaw-agent.sqlite'),
      `${meta(31)} CREATE TABLE session_nodes (id INTEGER, entry BLOB);`,
    );
    await expect(createSqliteStore(file).list(all)).rejects.toMatchObject({ code: 'STORE_UNSUPPORTED' });
  });
});

describe('a database that cannot be used is refused, and left as it is', () => {
  const cases: readonly (readonly [string, string, (file: string) => void])[] = [
    [
      'cut off in its header',
      'STORE_DAMAGED',
      (file) => {
        fs.truncateSync(file, 50);
      },
    ],
    [
      'cut off after its first page',
      'STORE_DAMAGED',
      (file) => {
        fs.truncateSync(file, 4096);
      },
    ],
    [
      'cut off near its end',
      'STORE_DAMAGED',
      (file) => {
        fs.truncateSync(file, 600_000);
      },
    ],
    [
      'cut to nothing',
      'STORE_DAMAGED',
      (file) => {
        fs.truncateSync(file, 0);
      },
    ],
    [
      'overwritten with something else',
      'STORE_DAMAGED',
      (file) => {
        fs.writeFileSync(file, '{"agent:main:main":{}}'.repeat(1000));
      },
    ],
    [
      'overwritten in its middle',
      'STORE_DAMAGED',
      (file) => {
        const bytes = fs.readFileSync(file);
        fs.writeFileSync(file, bytes.fill(0x5a, 100, 400_000));
      },
    ],
    [
      'of another application',
      'STORE_UNSUPPORTED',
      (file) => {
        editDatabase(file, 'PRAGMA application_id = 252006674');
      },
    ],
    [
      "of OpenClaw's shared state",
      'STORE_UNSUPPORTED',
      (file) => {
        editDatabase(file, "UPDATE schema_meta SET role = 'state'");
      },
    ],
    [
      'without its schema row',
      'STORE_DAMAGED',
      (file) => {
        editDatabase(file, 'DELETE FROM schema_meta');
      },
    ],
    [
      'without its schema table',
      'STORE_UNSUPPORTED',
      (file) => {
        editDatabase(file, 'DROP TABLE schema_meta');
      },
    ],
    [
      'without its session table',
      'STORE_DAMAGED',
      (file) => {
        editDatabase(file, 'PRAGMA foreign_keys = OFF; DROP TABLE session_nodes');
      },
    ],
    [
      'with a folder in its place',
      'STORE_UNREADABLE',
      (file) => {
        fs.rmSync(file);
        fs.mkdirSync(file);
      },
    ],
  ];

  test.each(cases)('%s', async (_name, code, spoil) => {
    const { state, database } = genuineHome();
    spoil(database);
    const before = fingerprint(state);
    const store = createSqliteStore(database);
    await expect(store.list(all)).rejects.toMatchObject({ code, exitCode: 4, details: { path: database } });
    await expect(store.find('agent:main:main')).rejects.toMatchObject({ code });
    expect(fingerprint(state)).toEqual(before);
  });

  test('with a view in place of its table, which would run what it likes', async () => {
    const { database } = genuineHome();
    editDatabase(
      database,
      `PRAGMA foreign_keys = OFF; ALTER TABLE session_nodes RENAME TO other;
       CREATE VIEW session_nodes AS SELECT * FROM other;`,
    );
    await expect(createSqliteStore(database).list(all)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });
});
