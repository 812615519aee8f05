import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withStoreLock } from '../../src/files/store-lock.ts';
import { configuredGateway, runCli } from '../helpers/cli.ts';
import { startFakeGateway } from '../helpers/fake-gateway.ts';
import { scratchFolder, writeTree } from '../helpers/scratch.ts';

const notFound = 'Session not found. Run openclaw sessions list --json to choose a valid key.';

/** A folder with a store; every row has a transcript named for its session. */
function setUp(rows: Readonly<Record<string, object>>, files: Readonly<Record<string, string>> = {}) {
  const home = scratchFolder();
  // No object literal: a key may be `__proto__`.
  writeTree(home, { 'sessions.json': JSON.stringify(Object.fromEntries(Object.entries(rows)), null, 2), ...files });
  for (const entry of Object.values(rows)) {
    if ('sessionId' in entry) writeTree(home, { [`${String(entry.sessionId)}.jsonl`]: '{"type":"session"}\n' });
  }
  return {
    home,
    run: (...args: string[]) => runCli(['delete', '--store', 'sessions.json', ...args], { home }),
    keys: () => Object.keys(JSON.parse(fs.readFileSync(path.join(home, 'sessions.json'), 'utf8'))),
    /** Names in the folder, times of archives masked. */
    names: () => fs.readdirSync(home).map((name) => name.replace(/\d{4}-.*Z$/, '<time>')),
  };
}

/** Names, bytes and times of everything in a folder. */
function fingerprint(folder: string): unknown {
  return fs.readdirSync(folder).map((name) => {
    const { mtimeMs, ino } = fs.statSync(path.join(folder, name));
    return [name, mtimeMs, ino, fs.readFileSync(path.join(folder, name), 'utf8')];
  });
}

const session = (id: string): object => ({ sessionId: id, updatedAt: 1 });

describe('delete --store', () => {
  it('removes the rows, archives their transcripts, and touches nothing else', async () => {
    const kept = { sessionId: 'c', updatedAt: 1, unknown: { deep: [null, '\u2028'] } };
    const files = { 'a.trajectory.jsonl': 'runtime', 'old.jsonl': 'unreferenced', 'x.jsonl.deleted.2020-01-01': 'old' };
    const { home, run, names } = setUp(
      { 'agent:main:a': session('a'), 'agent:main:c': kept, 'agent:main:b': session('b') },
      files,
    );
    const { exitCode, stdout, stderr } = await run('agent:main:b', 'agent:main:a', '--yes', '--json');
    const { results, ...envelope } = JSON.parse(stdout);
    expect([exitCode, stderr, envelope]).toEqual([0, '', { ok: true, operation: 'delete', dryRun: false }]);
    expect(results.map(({ key, status }: Record<string, string>) => [key, status])).toEqual([
      ['agent:main:b', 'deleted'],
      ['agent:main:a', 'deleted'],
    ]);
    expect(results[1].archived).toEqual([
      expect.stringMatching(/\/a\.jsonl\.deleted\.\d{4}-\d\d-\d\dT[\d-]+\.\d{3}Z$/),
    ]);
    expect(fs.existsSync(results[1].archived[0])).toBe(true);
    expect(names()).toEqual([
      'a.jsonl.deleted.<time>',
      'a.trajectory.jsonl',
      'b.jsonl.deleted.<time>',
      'c.jsonl',
      'old.jsonl',
      'sessions.json',
      'x.jsonl.deleted.2020-01-01',
    ]);
    expect(fs.readFileSync(path.join(home, 'sessions.json'), 'utf8')).toBe(
      JSON.stringify({ 'agent:main:c': kept }, null, 2),
    );
  });

  it('prints what it did, as the Gateway would be reported', async () => {
    const { home, run } = setUp({ 'agent:main:a': session('a'), 'agent:main:main': session('m') });
    const { exitCode, stdout, stderr } = await run('agent:main:a', 'agent:main:main', 'agent:main:x', '--yes');
    expect(exitCode).toBe(7);
    expect(stdout.replaceAll(home, '~').replace(/\d{4}-.*Z/, '<time>')).toBe(
      'Deleted session agent:main:a.\nArchived transcript: ~/a.jsonl.deleted.<time>\n',
    );
    expect(stderr).toBe(
      `delete agent:main:main: Cannot delete the main session (agent:main:main).\ndelete agent:main:x: ${notFound}\n`,
    );
  });

  it('leaves everything as it is in a dry run, and without --yes', async () => {
    const { home, run } = setUp({ 'agent:main:a': session('a') });
    const before = fingerprint(home);
    expect(await run('agent:main:a', '--dry-run')).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: '[dry-run] delete session agent:main:a and its live transcript state\n',
    });
    expect((await run('agent:main:a')).exitCode).toBe(1);
    expect(fingerprint(home)).toEqual(before);
  });

  describe('on a terminal', () => {
    const asTerminal = path.resolve(import.meta.dirname, '../helpers/as-terminal.mjs');
    const env = { NODE_OPTIONS: `--import ${asTerminal}`, TERMINAL_STDIN: '1', NO_COLOR: '1' };
    const question = '  agent:main:a\nDelete 1 session and remove live transcript state? [y/N] ';

    it.each([
      ['y\n', [], /^Deleted session agent:main:a\.\nArchived transcript: .*\n$/],
      ['n\n', ['agent:main:a'], /^Cancelled\.\n$/],
      ['', ['agent:main:a'], /^Cancelled\.\n$/],
    ])('asks, and does as it is told by %j', async (input, left, stdout) => {
      const { home, keys } = setUp({ 'agent:main:a': session('a') });
      const got = await runCli(['delete', '--store', 'sessions.json', 'agent:main:a'], { home, env, input });
      expect(got).toEqual({ exitCode: 0, stdout: expect.stringMatching(stdout), stderr: question });
      expect(keys()).toEqual(left);
    });

    it('refuses to read keys from it that nobody could confirm afterwards', async () => {
      const { home, keys } = setUp({ 'agent:main:a': session('a') });
      const options = { home, env, input: 'agent:main:a\n' };
      for (const [command, noun, ...args] of [
        ['delete', 'Deletion', '--store', 'sessions.json'],
        ['delete', 'Deletion'],
        ['reset', 'Reset'],
      ] as const) {
        expect(await runCli([command, '--keys-from', '-', ...args], options)).toEqual({
          exitCode: 1,
          stdout: '',
          stderr:
            `${noun} requires confirmation, and the standard input cannot answer after it has given the keys.\n` +
            `Pass --yes to ${command} without a question, or give the keys as arguments or in a file.\n`,
        });
      }
      expect(keys()).toEqual(['agent:main:a']);
      const args = ['delete', '--store', 'sessions.json', '--keys-from', '-'];
      expect((await runCli([...args, '--dry-run'], options)).exitCode).toBe(0);
      expect((await runCli([...args, '--yes'], options)).exitCode).toBe(0);
      expect(keys()).toEqual([]);
    });
  });

  it('keeps a transcript that another row still needs', async () => {
    const { run, names } = setUp({ 'agent:main:a': session('s'), 'agent:main:b': session('s') });
    const { stdout } = await run('agent:main:a', '--yes');
    expect(stdout).toBe('Deleted session agent:main:a.\n');
    expect(names()).toEqual(['s.jsonl', 'sessions.json']);
  });

  it('leaves a session whose transcript the runtime is writing, also in a rehearsal', async () => {
    const lock = JSON.stringify({ pid: process.pid, createdAt: new Date().toISOString() });
    const { run, keys } = setUp(
      { 'agent:main:a': session('a'), 'agent:main:b': session('b') },
      { 'a.jsonl.lock': lock },
    );
    const error = `Its transcript is in use by process ${process.pid}. Delete it through the Gateway, or try again later.`;
    expect((await run('agent:main:a', '--dry-run')).stderr).toBe(`delete agent:main:a: ${error}\n`);
    expect(await run('agent:main:a', 'agent:main:b', '--yes')).toMatchObject({
      exitCode: 7,
      stderr: `delete agent:main:a: ${error}\n`,
    });
    expect(keys()).toEqual(['agent:main:a']);
  });

  it('waits for another run no longer than it is told, and names it', async () => {
    const { home, run, keys } = setUp({ 'agent:main:a': session('a') });
    const options = {
      timeoutMs: 0,
      pid: process.pid,
      isRunning: () => true,
      interrupted: new AbortController().signal,
    };
    await withStoreLock(path.join(home, 'sessions.json'), options, async () => {
      const got = await run('agent:main:a', '--yes', '--lock-timeout', '0');
      expect(got).toMatchObject({ exitCode: 5, stdout: '', stderr: expect.stringContaining(String(process.pid)) });
    });
    expect(keys()).toEqual(['agent:main:a']);
  });

  it('takes keys as data', async () => {
    const odd = ['__proto__', 'constructor', '../x', 'agent:main:\u001b[31m'];
    const rows = Object.fromEntries([...odd, 'keep'].map((key, index) => [key, session(`s${index}`)]));
    const { home, run, keys } = setUp(rows);
    fs.writeFileSync(path.join(home, 'keys.txt'), odd.join('\n'));
    expect(await run('--keys-from', 'keys.txt', '--yes')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(keys()).toEqual(['keep']);
  });

  it.each<[string, string | undefined, number, RegExp]>([
    ['damaged', '{"agent:main:a": ', 4, /^Session store is damaged: /],
    ['empty', '', 4, /^Session store is damaged: /],
    [
      'not there',
      undefined,
      1,
      /^Session store does not exist: .*sessions\.json\ndelete agent:main:a: Session not found/,
    ],
  ])('refuses a store that is %s, and leaves it so', async (_name, content, exitCode, stderr) => {
    const home = writeTree(scratchFolder(), content === undefined ? {} : { 'sessions.json': content });
    const got = await runCli(['delete', '--store', 'sessions.json', 'agent:main:a', '--yes'], { home });
    expect(got).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(stderr) });
    expect(fs.readdirSync(home)).toEqual(content === undefined ? [] : ['sessions.json']);
  });

  it('refuses a database: that is changed by its Gateway', async () => {
    const home = writeTree(scratchFolder(), { 'store.sqlite': 'SQLite format 3\0' });
    const got = await runCli(['delete', '--store', 'store.sqlite', 'agent:main:a', '--yes'], { home });
    expect(got).toMatchObject({ exitCode: 4, stderr: expect.stringMatching(/Leave --store out/) });
  });

  it.each([
    [['--url', 'ws://127.0.0.1:1'], '--store cannot be combined with --url\n'],
    [['--token', 't'], '--store cannot be combined with --token\n'],
    [['--timeout', '5'], '--store cannot be combined with --timeout\n'],
    [['--agent', 'main'], '--store cannot be combined with --agent or --all-agents\n'],
    [
      ['--lock-timeout', 'x'],
      '--lock-timeout must be a duration such as 30s or 2m, or a number of seconds, not "x".\n',
    ],
  ])('contradicts %j', async (options, stderr) => {
    const { run } = setUp({ 'agent:main:a': session('a') });
    expect(await run('agent:main:a', '--yes', ...options)).toEqual({ exitCode: 1, stdout: '', stderr });
  });

  it('dials no Gateway', async () => {
    const gateway = await startFakeGateway();
    const { home } = setUp({ 'agent:main:a': session('a') });
    const env = { ...configuredGateway, OPENCLAW_GATEWAY_URL: gateway.url, OPENCLAW_GATEWAY_TOKEN: 't' };
    const got = await runCli(['delete', '--store', 'sessions.json', 'agent:main:a', '--yes'], { home, env });
    expect(got.exitCode).toBe(0);
    expect(gateway.connectionCount()).toBe(0);
  });
});
