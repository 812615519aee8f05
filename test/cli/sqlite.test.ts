import { execa } from 'execa';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { bin, runCli } from '../helpers/cli.ts';
import { scratchFolder, writeTree } from '../helpers/scratch.ts';
import {
  abandonedHome,
  createDatabase,
  editDatabase,
  fingerprint,
  genuineHome,
  insertNode,
} from '../helpers/sqlite.ts';

const jsonStore = { 'agent:work:main': { sessionId: 'w-1', updatedAt: 1795212000000, model: 'gpt-5.5' } };

test('text has one layout for both kinds of store', async () => {
  const { home, database } = genuineHome();
  const { stdout, stderr, exitCode } = await runCli(['list', '--limit', '2'], { home });
  const lines = stdout.replaceAll(/\d+[hd] ago/g, (age) => 'AGO'.padEnd(age.length)).split('\n');
  expect(lines).toEqual([
    `Session store: ${database}`,
    'Sessions listed: 2 of 9 (limit 2)',
    'Kind   Key                        Age       Model          Runtime            Tokens (ctx %)       Flags',
    expect.stringMatching(
      /^direct agent:main:teleg\.\.\.456789 {2}.{9} gpt-5.5 {8}OpenAI Codex {7}1\.0k\/200k \(1%\) {7}id:0+-0000-4000-8000-000000000002$/,
    ),
    expect.stringMatching(/^direct agent:main:main .* think:high id:0+-0000-4000-8000-000000000001$/),
    '',
  ]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

test('--active and --limit choose as in a JSON store', async () => {
  const { home, database } = genuineHome();
  const now = Date.now();
  editDatabase(database, (db) => {
    insertNode(db, 'agent:main:now', { sessionId: 'n', updatedAt: now });
    insertNode(db, 'agent:main:later', { sessionId: 'l', updatedAt: now + 60_000_000 });
  });
  const { stdout } = await runCli(['list', '--json', '--active', '5', '--limit', '1'], { home });
  expect(JSON.parse(stdout)).toMatchObject({
    count: 1,
    totalCount: 2,
    limitApplied: 1,
    hasMore: true,
    activeMinutes: 5,
    sessions: [{ key: 'agent:main:later' }],
  });
});

test('--all-agents over a mix gives one document, each row in the shape of its store', async () => {
  const { home, state, database } = genuineHome();
  writeTree(state, {
    'openclaw.json': { agents: { list: [{ id: 'main' }, { id: 'work' }, { id: 'new' }] } },
    'agents/work/sessions/sessions.json': jsonStore,
  });
  const { stdout, stderr, exitCode } = await runCli(['list', '--json', '--all-agents'], { home });
  const document = JSON.parse(stdout);
  expect(document.path).toBeNull();
  expect(document.stores).toEqual([
    { agentId: 'main', path: database },
    { agentId: 'work', path: path.join(state, 'agents/work/sessions/sessions.json') },
    { agentId: 'new', path: path.join(state, 'agents/new/sessions/sessions.json') },
  ]);
  expect(document).toMatchObject({ allAgents: true, count: 10, totalCount: 10 });
  const shapes = document.sessions.map((row: object) => [
    (row as { agentId: string }).agentId,
    'visibility' in row && 'acpRuntime' in row,
  ]);
  expect(shapes.slice(0, 2)).toEqual([
    ['main', true],
    ['work', false],
  ]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

test('with --all-agents a broken database is named and the other stores are listed', async () => {
  const { home, state, database } = genuineHome();
  fs.truncateSync(database, 100_000);
  writeTree(state, {
    'openclaw.json': { agents: { list: [{ id: 'main' }, { id: 'work' }] } },
    'agents/work/sessions/sessions.json': jsonStore,
  });
  const { stdout, stderr, exitCode } = await runCli(['list', '--json', '--all-agents'], { home });
  expect(JSON.parse(stdout)).toMatchObject({
    count: 1,
    stores: [
      { agentId: 'main', path: database },
      { agentId: 'work', path: path.join(state, 'agents/work/sessions/sessions.json') },
    ],
    failures: [{ agentId: 'main', path: database, code: 'STORE_DAMAGED', message: stderr.trim() }],
  });
  expect(exitCode).toBe(4);
});

test('a row that cannot be read is named on stderr, the others are shown, exit 4', async () => {
  const { home, database } = genuineHome();
  editDatabase(database, (db) => {
    insertNode(db, 'agent:main:torn\u001b[2J', '{"sessionId":', { updated_at: 1 });
  });
  const { stdout, stderr, exitCode } = await runCli(['list', '--json'], { home });
  expect(JSON.parse(stdout)).toMatchObject({ count: 9, totalCount: 9 });
  expect(stderr).toContain('agent:main:torn\\x1b[2J');
  expect(stderr).not.toContain('\u001b');
  expect(exitCode).toBe(4);
});

test('--verbose says what was found and which store was read; --quiet drops the notices', async () => {
  const { home, state, database } = genuineHome();
  writeTree(state, { 'agents/main/sessions/sessions.json': jsonStore });
  const verbose = await runCli(['list', '--json', '--verbose'], { home });
  expect(verbose.stderr).toContain(
    `Agent main: found a JSON store, a database with 9 sessions, no import; reading SQLite store ${database}`,
  );
  expect(verbose.stderr).toContain('doctor --session-sqlite validate');
  const quiet = await runCli(['list', '--json', '--quiet'], { home });
  expect(quiet.stderr).toBe('');
  expect(quiet.stdout.length).toBeGreaterThan(1000);
});

test('--discover finds agents by their databases too, and follows no link', async () => {
  const { home, state, database } = genuineHome();
  const agents = path.join(state, 'agents');
  writeTree(agents, { 'linked/sessions/sessions.json': jsonStore });
  for (const name of ['found', 'main-copy']) {
    fs.mkdirSync(path.join(agents, name, 'agent'), { recursive: true });
    fs.copyFileSync(database, path.join(agents, name, 'agent/openclaw-agent.sqlite'));
  }
  createDatabase(path.join(agents, 'auth-only/agent/openclaw-agent.sqlite'), 'PRAGMA user_version = 1');
  fs.mkdirSync(path.join(agents, 'linked/agent'));
  fs.symlinkSync(database, path.join(agents, 'linked/agent/openclaw-agent.sqlite'));
  const { stdout, stderr, exitCode } = await runCli(['list', '--json', '--discover'], { home });
  expect(JSON.parse(stdout).stores).toEqual([
    { agentId: 'main', path: database },
    { agentId: 'found', path: path.join(agents, 'found/agent/openclaw-agent.sqlite') },
    { agentId: 'linked', path: path.join(agents, 'linked/sessions/sessions.json') },
    { agentId: 'main-copy', path: path.join(agents, 'main-copy/agent/openclaw-agent.sqlite') },
  ]);
  expect(stderr).toBe(`Skipped ${path.join(agents, 'linked/agent/openclaw-agent.sqlite')}: it is a link\n`);
  expect(exitCode).toBe(0);
});

describe('--store', () => {
  test('reads the file it names, JSON or database', async () => {
    const { home, state, database } = genuineHome();
    writeTree(state, { 'agents/main/sessions/sessions.json': jsonStore });
    const json = path.join(state, 'agents/main/sessions/sessions.json');
    const fromJson = await runCli(['list', '--json', '--store', json], { home });
    expect(JSON.parse(fromJson.stdout)).toMatchObject({ path: json, count: 1 });
    const fromDatabase = await runCli(['list', '--json', '--store', database], { home });
    expect(JSON.parse(fromDatabase.stdout)).toMatchObject({ path: database, count: 9 });
    expect([fromJson.stderr, fromDatabase.stderr]).toEqual(['', '']);
  });

  test('of a JSON store that was migrated reads its database, and says so', async () => {
    const { home, state, database } = genuineHome();
    const json = path.join(state, 'agents/main/sessions/sessions.json');
    const { stdout, stderr, exitCode } = await runCli(['list', '--json', '--store', json], { home });
    expect(JSON.parse(stdout)).toMatchObject({ path: database, count: 9 });
    expect(stderr).toBe(`${json} does not exist; reading the database that took its place: ${database}\n`);
    expect(exitCode).toBe(0);
  });

  test('of a store that is nowhere lists nothing', async () => {
    const { home } = genuineHome();
    const { stdout, exitCode } = await runCli(['list', '--store', '~/nowhere.json'], { home });
    expect(stdout).toContain('No sessions found.');
    expect(exitCode).toBe(0);
  });

  test('of another program is refused', async () => {
    const home = scratchFolder();
    const file = createDatabase(path.join(home, 'places.sqlite'), 'CREATE TABLE moz_places (id INTEGER)');
    const { stdout, stderr, exitCode } = await runCli(['list', '--json', '--store', file], { home });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'STORE_UNSUPPORTED' } });
    expect(stderr).toContain(`Not a session store: ${file}`);
    expect(exitCode).toBe(4);
  });
});

describe('a folder that may not be written', () => {
  test.each([
    ['quiet', () => genuineHome(), '9 rows'],
    ['with a log', () => abandonedHome(), '10 rows'],
    [
      'with a log but no index',
      () => {
        const made = abandonedHome();
        fs.rmSync(`${made.database}-shm`);
        return made;
      },
      '10 rows',
    ],
  ])('%s: its database is read', async (_name, make, rows) => {
    const { home, state, database } = make();
    const folder = path.dirname(database);
    for (const each of [home, state, ...ancestors(state, database)]) fs.chmodSync(each, 0o555);
    for (const name of fs.readdirSync(folder)) fs.chmodSync(path.join(folder, name), 0o444);
    const before = fingerprint(state);
    expect(await asNobody('list', database)).toBe(rows);
    expect(fingerprint(state)).toEqual(before);
    for (const each of [home, state, ...ancestors(state, database)]) fs.chmodSync(each, 0o755);
  });
});

describe('a database that only its owner may read', () => {
  const forbidden = (): { readonly json: string; readonly database: string } => {
    const { home, state, database } = genuineHome();
    writeTree(state, { 'agents/main/sessions/sessions.json': jsonStore });
    fs.chmodSync(database, 0o000);
    for (const folder of [home, state, ...ancestors(state, database)]) fs.chmodSync(folder, 0o755);
    return { json: path.join(state, 'agents/main/sessions/sessions.json'), database };
  };

  test('is refused with the reason', async () => {
    const { database } = forbidden();
    const refusal = `STORE_UNREADABLE 4 Session store cannot be read: ${database}: permission denied`;
    expect(await asNobody('list', database)).toBe(refusal);
  });

  test('does not keep others from the JSON store, which is read with a warning and not changed', async () => {
    const { json, database } = forbidden();
    expect(await asNobody('choose', json)).toBe('json database-forbidden');
    expect(await asNobody('clean', json)).toMatch(/^STORE_NOT_OURS 4 /);
    fs.chmodSync(path.dirname(database), 0o700);
    expect(await asNobody('choose', json)).toBe('json database-forbidden');
  });
});

test('neither the shared database nor credentials are looked at', async () => {
  const { home, state, database } = genuineHome();
  editDatabase(database, 'DROP TABLE auth_profile_store; DROP TABLE auth_profile_state');
  fs.mkdirSync(path.join(state, 'state'));
  // Whoever opens a pipe waits for its other end.
  await execa('mkfifo', [path.join(state, 'state/openclaw.sqlite')]);
  const { stdout, stderr, exitCode } = await runCli(['list', '--json', '--verbose'], { home });
  expect(JSON.parse(stdout).count).toBe(9);
  expect(stderr).not.toContain('auth_profile');
  expect(exitCode).toBe(0);
});

test('an agent may have no sessions folder at all, and the default agent is the first configured one', async () => {
  const { home, state, database } = genuineHome();
  fs.rmSync(path.join(state, 'agents/main/sessions'), { recursive: true });
  writeTree(state, {
    'openclaw.json': { agents: { ownership: 'explicit', entries: { main: {}, work: {} } } },
    'agents/work/sessions/sessions.json': jsonStore,
  });
  const { stdout, exitCode } = await runCli(['list', '--json'], { home });
  expect(JSON.parse(stdout)).toMatchObject({ path: database, count: 9 });
  expect(exitCode).toBe(0);
});

test('session.store may name a database', async () => {
  const { home, state, database } = genuineHome();
  writeTree(state, { 'openclaw.json': { session: { store: '~/elsewhere/team.sqlite' } } });
  fs.mkdirSync(path.join(home, 'elsewhere'));
  fs.renameSync(database, path.join(home, 'elsewhere/team.sqlite'));
  const { stdout, exitCode } = await runCli(['list', '--json'], { home });
  expect(JSON.parse(stdout)).toMatchObject({ path: path.join(home, 'elsewhere/team.sqlite'), count: 9 });
  expect(exitCode).toBe(0);
});

test('a database that stays locked is given up after five seconds, exit 5, and nothing is written', async () => {
  const { home, state, database } = genuineHome();
  editDatabase(database, 'PRAGMA journal_mode = DELETE');
  const before = fingerprint(state);
  const holder = new DatabaseSync(database);
  holder.exec('BEGIN EXCLUSIVE');
  try {
    const { stdout, stderr, exitCode } = await runCli(['list', '--json'], { home });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'STORE_BUSY' } });
    expect(stderr).toContain(`Session store is busy: ${database}`);
    expect(exitCode).toBe(5);
  } finally {
    holder.exec('ROLLBACK');
    holder.close();
  }
  expect(fingerprint(state)).toEqual(before);
});

test('a lock that goes in time is waited for', async () => {
  const { home, database } = genuineHome();
  editDatabase(database, 'PRAGMA journal_mode = DELETE');
  const holder = new DatabaseSync(database);
  holder.exec('BEGIN EXCLUSIVE');
  const running = runCli(['list', '--json'], { home });
  await new Promise((resolve) => setTimeout(resolve, 700));
  holder.exec('ROLLBACK');
  holder.close();
  const { stdout, exitCode } = await running;
  expect({ count: JSON.parse(stdout).count, exitCode }).toEqual({ count: 9, exitCode: 0 });
});

describe('SQLite is loaded', () => {
  const spy = `process.on('exit', () => {
    const loaded = process.moduleLoadList.some((name) => /NativeModule (internal\\/)?sqlite|Internal Binding sqlite/.test(name));
    process.stderr.write(loaded ? 'SQLITE LOADED' : 'SQLITE NOT LOADED');
  });`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(spy)}` };

  test('for a database', async () => {
    const { home } = genuineHome();
    expect((await runCli(['list', '--json'], { home, env })).stderr).toBe('SQLITE LOADED');
  });

  test('not for a JSON store, also beside a database that holds no sessions', async () => {
    const home = scratchFolder();
    const agent = path.join(home, '.openclaw/agents/main');
    writeTree(agent, { 'sessions/sessions.json': jsonStore });
    expect((await runCli(['list', '--json'], { home, env })).stderr).toBe('SQLITE NOT LOADED');
    createDatabase(
      path.join(agent, 'agent/openclaw-agent.sqlite'),
      'PRAGMA journal_mode = WAL; CREATE TABLE cache_entries (id INTEGER); PRAGMA user_version = 1',
    );
    expect((await runCli(['list', '--json'], { home, env })).stderr).toBe('SQLITE NOT LOADED');
  });
});

async function asNobody(what: 'list' | 'choose' | 'clean', file: string): Promise<string> {
  const helper = path.resolve(import.meta.dirname, '../helpers/read-database-unprivileged.ts');
  return (await execa(process.execPath, [helper, what, file])).stdout;
}

function ancestors(top: string, file: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = path.dirname(file); folder !== top; folder = path.dirname(folder)) folders.push(folder);
  return folders;
}

test.each(['SIGINT', 'SIGTERM'])(
  '%s in the middle of a private copy ends a listing, and leaves no copy',
  async (signal) => {
    const { home, database } = abandonedHome();
    // A log without its index, as in a store that was copied: what is committed is only to be had from a copy.
    fs.rmSync(`${database}-shm`, { force: true });
    const tmp = scratchFolder();
    const preload = `import fs from 'node:fs';
    const { mkdtempSync } = fs;
    fs.mkdtempSync = (...args) => {
      const made = mkdtempSync(...args);
      process.kill(process.pid, '${signal}');
      return made;
    };`;
    const NODE_OPTIONS = `--import=data:text/javascript;base64,${Buffer.from(preload).toString('base64')}`;
    const run = await execa(process.execPath, [bin, 'list', '--json'], {
      env: { PATH: process.env['PATH'], HOME: home, TMPDIR: tmp, NODE_OPTIONS },
      extendEnv: false,
      reject: false,
    });
    expect({ signal: run.signal, stdout: run.stdout }).toEqual({ signal, stdout: '' });
    // Beside the compile cache of Node.js.
    expect(fs.readdirSync(tmp).filter((name) => name.startsWith('sessions-'))).toEqual([]);
  },
);
