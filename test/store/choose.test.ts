import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { choiceNotices, describeChoice } from '../../src/render/store-choice.ts';
import { chooseStore, chooseStores, type StoreChoice } from '../../src/stores/choose.ts';
import { scratchFolder, writeTree } from '../helpers/scratch.ts';
import { createDatabase, editDatabase, fingerprint, genuineHome, storeBeforeMigration } from '../helpers/sqlite.ts';

/** Newest row of the genuine store. */
const newestRowMs = 1795212590937;
const archiveName = 'legacy-store.sessions.json.imported-1795212164896';

interface State {
  readonly stateDir: string;
  readonly json: string;
  readonly database: string;
  readonly archive: string;
}

function emptyState(): State {
  return stateAt(path.join(scratchFolder(), '.openclaw'));
}

/** The genuine database, as a migration leaves it: no JSON store, the original in the archive. */
function migratedState(): State {
  const state = stateAt(genuineHome().state);
  fs.mkdirSync(path.dirname(state.archive), { recursive: true });
  fs.copyFileSync(storeBeforeMigration, state.archive);
  return state;
}

function stateAt(stateDir: string): State {
  const agent = path.join(stateDir, 'agents/main');
  return {
    stateDir,
    json: path.join(agent, 'sessions/sessions.json'),
    database: path.join(agent, 'agent/openclaw-agent.sqlite'),
    archive: path.join(agent, 'session-sqlite-import-archive', archiveName),
  };
}

/** Puts the store from before the migration (newest `updatedAt`: an hour before it) in place. */
function putJson({ json }: State, mtimeMs: number): void {
  fs.mkdirSync(path.dirname(json), { recursive: true });
  fs.copyFileSync(storeBeforeMigration, json);
  fs.utimesSync(json, mtimeMs / 1000, mtimeMs / 1000);
}

const choose = ({ json, stateDir }: State): Promise<StoreChoice> =>
  chooseStore({ agentId: 'main', path: json }, stateDir);

const emptyNodes = 'DELETE FROM session_nodes';
const noArchives = 'DELETE FROM session_transcript_archives';

describe('the store of an agent', () => {
  const cases: readonly (readonly [
    name: string,
    make: () => State,
    kind: StoreChoice['kind'],
    notices: readonly string[],
  ])[] = [
    [
      'is the JSON file while there is no database',
      () => {
        const state = emptyState();
        putJson(state, newestRowMs);
        return state;
      },
      'json',
      [],
    ],
    ['is the database when it is alone', () => stateAt(genuineHome().state), 'sqlite', []],
    ['is the database after a migration', migratedState, 'sqlite', []],
    [
      'is the database, whatever old JSON file is put back beside it',
      () => {
        const state = migratedState();
        putJson(state, newestRowMs - 1000);
        return state;
      },
      'sqlite',
      ['is ignored, the SQLite store is newer'],
    ],
    [
      'is the database, and a JSON file that an older release writes again is named',
      () => {
        const state = migratedState();
        putJson(state, newestRowMs + 1000);
        return state;
      },
      'sqlite',
      ['was written after every session'],
    ],
    [
      'is the database, and a newer updatedAt in an old JSON file is noticed',
      () => {
        const state = migratedState();
        writeTree(path.dirname(state.json), {
          'sessions.json': { 'agent:main:extra': { sessionId: 'x', updatedAt: newestRowMs + 1 } },
        });
        fs.utimesSync(state.json, 1, 1);
        return state;
      },
      'sqlite',
      ['was written after every session'],
    ],
    [
      'is the database beside a damaged JSON file',
      () => {
        const state = migratedState();
        writeTree(path.dirname(state.json), { 'sessions.json': '{"agent:main' });
        fs.utimesSync(state.json, 1, 1);
        return state;
      },
      'sqlite',
      ['is ignored'],
    ],
    [
      'is the database, with a warning, when the import did not finish',
      () => {
        const state = stateAt(genuineHome().state);
        putJson(state, newestRowMs - 1000);
        return state;
      },
      'sqlite',
      ['doctor --session-sqlite validate'],
    ],
    [
      'is the JSON file, with a warning, when a new release has only made its database',
      () => {
        const state = stateAt(genuineHome().state);
        editDatabase(state.database, `${emptyNodes}; ${noArchives}`);
        putJson(state, newestRowMs - 1000);
        return state;
      },
      'json',
      ['is not migrated'],
    ],
    [
      'is the database when all sessions were deleted after the migration',
      () => {
        const state = migratedState();
        editDatabase(state.database, emptyNodes);
        putJson(state, newestRowMs - 100_000);
        return state;
      },
      'sqlite',
      ['were all deleted after'],
    ],
    [
      'is the JSON file when it was restored after that',
      () => {
        const state = migratedState();
        editDatabase(state.database, emptyNodes);
        putJson(state, newestRowMs + 100_000);
        return state;
      },
      'json',
      ['was migrated once'],
    ],
    [
      'is the JSON file beside a database of 2026.6.5 to 2026.7.35, which holds no sessions',
      () => {
        const state = emptyState();
        createDatabase(state.database, schemaOne);
        putJson(state, newestRowMs);
        return state;
      },
      'json',
      [],
    ],
    [
      'is the JSON file, with a warning, when its database is gone',
      () => {
        const state = migratedState();
        fs.rmSync(state.database);
        putJson(state, newestRowMs);
        return state;
      },
      'json',
      ['the database is not there'],
    ],
    [
      'is the JSON file, with a warning, when only a manifest tells of the migration',
      () => {
        const state = emptyState();
        putJson(state, newestRowMs);
        writeTree(state.stateDir, {
          'session-sqlite-migration-runs/session-sqlite-1-ab.json': { targets: [{ storePath: state.json }] },
          'session-sqlite-migration-runs/session-sqlite-0-ab.json': '{ torn',
        });
        return state;
      },
      'json',
      ['the database is not there'],
    ],
    [
      'is the JSON file when a manifest tells of other stores only',
      () => {
        const state = emptyState();
        putJson(state, newestRowMs);
        writeTree(state.stateDir, {
          'session-sqlite-migration-runs/session-sqlite-1-ab.json': { targets: [{ storePath: '/elsewhere' }] },
        });
        return state;
      },
      'json',
      [],
    ],
    [
      'is the JSON file beside a file that is no database',
      () => {
        const state = emptyState();
        putJson(state, newestRowMs);
        writeTree(path.dirname(state.database), { 'openclaw-agent.sqlite': 'not a database' });
        return state;
      },
      'json',
      ['is not a session database'],
    ],
    [
      'is the JSON file beside a database of another program',
      () => {
        const state = emptyState();
        putJson(state, newestRowMs);
        createDatabase(state.database, 'CREATE TABLE moz_places (id INTEGER)');
        return state;
      },
      'json',
      ['is not a session database'],
    ],
    ['is an empty JSON store when there is nothing', emptyState, 'json', []],
    [
      'is an empty JSON store when there is only a database without session tables',
      () => {
        const state = emptyState();
        createDatabase(state.database, schemaOne);
        return state;
      },
      'json',
      [],
    ],
    [
      'is not one of the leftovers of migrations and repairs',
      () => {
        const state = emptyState();
        writeTree(state.stateDir, {
          'agents/main/sessions/sessions.json.imported-1795212164896': {},
          'agents/main/sessions/sessions.json.bak.1795212164896': {},
          'agents/main/sessions/sessions.json.bak': {},
          'agents/main/sessions/a.jsonl.deleted.2026-01-01T00-00-00.000Z': '',
          'agents/main/agent/openclaw-agent.sqlite.corrupt-1795212164896': 'x',
          'agents/main/agent/openclaw-agent.sqlite.bak': 'x',
        });
        return state;
      },
      'json',
      [],
    ],
    [
      'is the database even when only its log knows that it holds sessions',
      () => {
        const state = emptyState();
        createDatabase(state.database, `PRAGMA journal_mode = WAL; ${schemaOne}`);
        const upgrade = new DatabaseSync(state.database);
        upgrade.exec(`PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = 14;
          CREATE TABLE session_nodes (session_key TEXT PRIMARY KEY, entry_json TEXT, updated_at INTEGER)`);
        const folder = path.dirname(state.database);
        fs.cpSync(folder, `${folder}.now`, { recursive: true });
        upgrade.close();
        fs.rmSync(folder, { recursive: true });
        fs.renameSync(`${folder}.now`, folder);
        return state;
      },
      'sqlite',
      [],
    ],
  ];

  test.each(cases)('%s', async (_name, make, kind, notices) => {
    const state = make();
    const before = fingerprint(state.stateDir.replace(/\/\.openclaw$/, ''));
    const choice = await choose(state);
    expect(choice.kind).toBe(kind);
    expect(choice.path).toBe(kind === 'json' ? state.json : state.database);
    const told = choiceNotices(choice);
    expect(told).toHaveLength(notices.length);
    for (const [index, notice] of notices.entries()) expect(told[index]).toContain(notice);
    expect(describeChoice(choice)).toContain(choice.path);
    expect(fingerprint(state.stateDir.replace(/\/\.openclaw$/, ''))).toEqual(before);
  });

  test('is gone when only the archive of the migration is left, and the error names it', async () => {
    const state = migratedState();
    fs.rmSync(state.database);
    await expect(choose(state)).rejects.toMatchObject({
      code: 'STORE_MISSING',
      exitCode: 4,
      hint: expect.stringContaining(state.archive),
    });
  });

  test('is not guessed when the database beside a JSON file is damaged', async () => {
    const state = migratedState();
    putJson(state, newestRowMs + 1000);
    fs.truncateSync(state.database, 100_000);
    await expect(choose(state)).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
      message: expect.stringContaining(state.database),
      hint: expect.stringContaining(`--store ${state.json}`),
    });
  });

  test('is not guessed when the database beside a JSON file is newer than this program', async () => {
    const state = emptyState();
    putJson(state, newestRowMs);
    createDatabase(
      state.database,
      schemaOne.replaceAll('1, ', '31, ').replace('user_version = 1', 'user_version = 31'),
    );
    await expect(choose(state)).rejects.toMatchObject({ code: 'STORE_UNSUPPORTED' });
  });
});

describe('a store named with --store', () => {
  const named = (file: string, stateDir: string): Promise<StoreChoice> =>
    chooseStore({ agentId: 'main', path: file, isNamed: true }, stateDir);

  test('is read, JSON or database, whatever lies beside it', async () => {
    const state = migratedState();
    putJson(state, newestRowMs - 1000);
    expect(await named(state.json, state.stateDir)).toMatchObject({ kind: 'json', path: state.json });
    expect(await named(state.database, state.stateDir)).toMatchObject({ kind: 'sqlite', path: state.database });
    expect(await named(state.archive, state.stateDir)).toMatchObject({ kind: 'json', path: state.archive });
  });

  test('is told by its content, not by its name', async () => {
    const state = migratedState();
    const renamed = path.join(state.stateDir, 'copy.db');
    fs.copyFileSync(state.database, renamed);
    expect(await named(renamed, state.stateDir)).toMatchObject({ kind: 'sqlite', path: renamed });
  });

  test.each([
    ['agents/main/sessions/sessions.json', 'agents/main/agent/openclaw-agent.sqlite'],
    ['elsewhere/sessions.json', 'elsewhere/openclaw-agent.sqlite'],
    ['stores/team.json', 'stores/team.sqlite'],
    ['stores/team', 'stores/team.sqlite'],
    ['stores/team.json', 'stores/team.main.sqlite'],
  ])('%s that is not there stands for %s', async (store, database) => {
    const state = emptyState();
    const target = path.join(state.stateDir, database);
    createDatabase(target, schemaOne);
    const choice = await named(path.join(state.stateDir, store), state.stateDir);
    expect(choice).toMatchObject({ kind: 'sqlite', path: target });
    expect(choiceNotices(choice)).toEqual([expect.stringContaining(target)]);
  });

  test('that is nowhere is an empty store', async () => {
    const { stateDir } = emptyState();
    const file = path.join(stateDir, 'nowhere/sessions.json');
    expect(await named(file, stateDir)).toMatchObject({ kind: 'json', path: file });
    const database = path.join(stateDir, 'nowhere/x.sqlite');
    expect(await named(database, stateDir)).toMatchObject({ kind: 'sqlite', path: database });
  });
});

test('agents that share a JSON path have databases of their own after a migration', async () => {
  const { stateDir, database } = stateAt(genuineHome().state);
  const shared = path.join(stateDir, 'shared/all.json');
  fs.mkdirSync(path.dirname(shared));
  fs.copyFileSync(database, path.join(stateDir, 'shared/all.sqlite'));
  fs.copyFileSync(database, path.join(stateDir, 'shared/all.work.sqlite'));
  const choices = await chooseStores({ agentId: 'main', path: shared, sharedBy: ['work', 'home'] }, stateDir);
  expect(choices.map(({ agentId, path: file }) => [agentId, path.basename(file)])).toEqual([
    ['main', 'all.sqlite'],
    ['work', 'all.work.sqlite'],
  ]);
});

/** An agent database of 2026.6.5: credentials, caches, memory; no sessions. */
const schemaOne = `
  CREATE TABLE schema_meta (meta_key TEXT NOT NULL PRIMARY KEY, role TEXT NOT NULL, schema_version INTEGER NOT NULL,
    agent_id TEXT, app_version TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
  INSERT INTO schema_meta VALUES ('primary', 'agent', 1, 'main', '2026.6.5', 1, 1);
  CREATE TABLE auth_profile_store (id INTEGER PRIMARY KEY);
  CREATE TABLE cache_entries (id INTEGER PRIMARY KEY);
  PRAGMA user_version = 1;`;
