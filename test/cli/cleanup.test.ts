import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTicksOf } from '../../src/files/processes.ts';
import { runAsNobody } from '../helpers/as-nobody.ts';
import { type CliRun, runCli, startCli } from '../helpers/cli.ts';
import { scratchFolder, treeState, writeTree } from '../helpers/scratch.ts';
import { dayMs, type Home, keysOf, namesIn, sessionsHome, setAge } from '../helpers/sessions-home.ts';

const helper = (name: string): string => path.resolve(import.meta.dirname, '../helpers', name);

/** A store with a row that goes, its transcript, and one that stays. */
function simpleHome(options: Parameters<typeof sessionsHome>[0] = {}): Home {
  return sessionsHome({
    store: {
      'agent:main:main': { sessionId: 'new', age: 1000 },
      'agent:main:old': { sessionId: 'old', age: 40 * dayMs },
    },
    files: { 'new.jsonl': dayMs, 'old.jsonl': 40 * dayMs },
    ...options,
  });
}

/** Runs on the store itself, so that no Gateway is asked. */
function cleanUp(
  { home, store }: Home,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<CliRun> {
  return runCli(['cleanup', '--store', store, ...args], { home, env });
}

describe('a damaged store', () => {
  const damages: readonly (readonly [string, string])[] = [
    ['empty', ''],
    ['blank', ' \n'],
    ['truncated', '{"agent:main:main": {"sessionId": "a"'],
    ['trailing comma', '{"a": {},}'],
    ['a byte-order mark', '\ufeff{}'],
    ['an array', '[]'],
    ['null', 'null'],
    ['a number', '7'],
    ['text', '"text"'],
    ['no JSON', 'sessions'],
    ['two documents', '{}{}'],
  ];

  it.each(damages)('%s: refused with exit 4, nothing touched', async (_what, text) => {
    const home = simpleHome();
    fs.writeFileSync(home.store, text);
    const before = treeState(home.home);
    for (const args of [['--json'], ['--dry-run', '--json'], ['--enforce', '--fix-missing']]) {
      const { exitCode, stderr } = await cleanUp(home, args);
      expect({ exitCode, names: stderr.includes(home.store) }).toEqual({ exitCode: 4, names: true });
    }
    expect(treeState(home.home)).toEqual(before);
  });

  it('a folder in its place is refused too', async () => {
    const home = simpleHome();
    fs.rmSync(home.store);
    fs.mkdirSync(home.store);
    const before = treeState(home.home);
    expect((await cleanUp(home)).exitCode).toBe(4);
    expect(treeState(home.home)).toEqual(before);
  });

  it('refuses the whole run over several stores, whichever it is', async () => {
    const agents = { agents: { list: [{ id: 'main' }, { id: 'work' }] } };
    const home = simpleHome({ config: agents });
    writeTree(home.home, { '.openclaw/agents/work/sessions/sessions.json': '{"torn' });
    const before = treeState(home.home);
    const { exitCode, stderr } = await runCli(['cleanup', '--all-agents'], { home: home.home });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('agents/work/sessions/sessions.json');
    expect(treeState(home.home)).toEqual(before);
  });

  it('what may not be read is no empty store', async () => {
    const home = simpleHome();
    const before = fs.readFileSync(home.store, 'utf8');
    fs.chmodSync(home.store, 0);
    const run = await runAsNobody(['cleanup', '--store', home.store], home);
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain('permission denied');
    fs.chmodSync(home.store, 0o600);
    expect(fs.readFileSync(home.store, 'utf8')).toBe(before);
    expect(namesIn(home.dir)).toEqual(['new.jsonl', 'old.jsonl', 'sessions.json']);
  });
});

describe('a folder that may not be written', () => {
  const isRoot = process.getuid?.() === 0;
  const whose = isRoot
    ? 'owner uid 0, mode 0755; run as that user'
    : `owner uid ${process.getuid?.()}, mode 0555; not even by that user`;

  /** Runs where nothing can be made in the sessions folder; it is as it was afterwards. */
  async function runThere(home: Home, args: readonly string[]): Promise<CliRun> {
    fs.chmodSync(home.dir, isRoot ? 0o755 : 0o555);
    const before = treeState(home.dir);
    const run = await runAsNobody(args, home);
    expect(treeState(home.dir)).toEqual(before);
    fs.chmodSync(home.dir, 0o755);
    return run;
  }

  it.each([
    ['cleanup', []],
    ['delete', ['agent:main:old', '--yes']],
  ])('fails %s with a plain message that says whose it is, nothing changed', async (command, args) => {
    const home = simpleHome();
    const run = await runThere(home, [command, '--store', home.store, ...args]);
    expect(run).toMatchObject({ exitCode: 1, stdout: '' });
    const [message, hint] = run.stderr.split('\n');
    expect(message).toContain(`Session store cannot be locked: ${home.store}.lock: EACCES`);
    expect(hint).toBe(
      `Nothing was changed. The lock has to be made in the folder of the store: ${home.dir} may not be written (${whose}).`,
    );
  });

  it('takes no new folder: the one above it that exists is named, with its owner', async () => {
    const home = simpleHome();
    const folder = path.join(home.dir, 'new/one');
    expect(await runThere(home, ['cleanup', '--store', path.join(folder, 'sessions.json')])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `Folder cannot be created: ${folder}: ${home.dir} may not be written (${whose})\nNo store was changed.`,
    });
  });
});

describe('a missing store', () => {
  it('is created by an applied run, folders and all, and not by a dry run', async () => {
    const home = scratchFolder();
    const store = path.join(home, 'a/b/sessions.json');
    expect((await runCli(['cleanup', '--dry-run', '--store', store], { home })).exitCode).toBe(0);
    expect(fs.readdirSync(home)).toEqual([]);
    const { exitCode, stdout } = await runCli(['cleanup', '--store', store], { home });
    expect([exitCode, stdout]).toEqual([0, `Session store: ${store}\nApplied maintenance. Current entries: 0\n`]);
    expect(fs.readFileSync(store, 'utf8')).toBe('{}');
    expect(fs.statSync(store).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(path.dirname(store))).toEqual(['sessions.json']);
  });
});

describe('the store file', () => {
  it('is written through a link, which stays (V11)', async () => {
    const home = simpleHome();
    const real = path.join(home.home, 'elsewhere.json');
    fs.renameSync(home.store, real);
    fs.symlinkSync(real, home.store);
    expect((await cleanUp(home)).exitCode).toBe(0);
    expect(fs.readlinkSync(home.store)).toBe(real);
    expect(keysOf(real)).toEqual(['agent:main:main']);
    expect(namesIn(home.home)).toEqual(['.openclaw', 'elsewhere.json']);
    expect(namesIn(home.dir)).toEqual(['new.jsonl', 'old.jsonl.deleted.<ts>', 'sessions.json']);
  });

  it('keeps its mode, and its folder too (V11)', async () => {
    const home = simpleHome();
    fs.chmodSync(home.store, 0o640);
    fs.chmodSync(home.dir, 0o700);
    await cleanUp(home);
    expect([fs.statSync(home.store).mode & 0o777, fs.statSync(home.dir).mode & 0o777]).toEqual([0o640, 0o700]);
  });

  it('is not touched when nothing changes in it', async () => {
    const home = sessionsHome({ store: { 'agent:main:main': { sessionId: 'a', age: 1000 } } });
    const before = fs.statSync(home.store);
    await cleanUp(home);
    const after = fs.statSync(home.store);
    expect([after.ino, after.mtimeMs, after.ctimeMs]).toEqual([before.ino, before.mtimeMs, before.ctimeMs]);
  });

  it('may be called like a transcript and is never an artifact (V20)', async () => {
    const home = sessionsHome();
    const store = path.join(home.dir, 'store.jsonl');
    writeTree(home.dir, { 'store.jsonl': {}, 'old.jsonl': 'x' });
    for (const name of ['store.jsonl', 'old.jsonl']) setAge(path.join(home.dir, name), 40 * dayMs);
    const { stdout } = await runCli(['cleanup', '--store', store], { home: home.home });
    expect(stdout).toContain('Pruned unreferenced artifacts: 1');
    expect(namesIn(home.dir)).toEqual(['store.jsonl']);
  });

  it('of hostile keys is written whole', async () => {
    const keys = ['__proto__', 'constructor', '../x', '-rf', '\u001b[31m', 'k'.repeat(10_000), '', '7', '\ud83d'];
    const home = sessionsHome({
      store: Object.fromEntries(keys.map((key) => [key, { sessionId: 'a', age: 1000, channel: 'x' }])),
    });
    expect((await cleanUp(home)).exitCode).toBe(0);
    expect([...keysOf(home.store)].sort()).toEqual([...keys].sort());
  });
});

describe('temporary files of runs that were killed', () => {
  it('are removed by the next applied run, those of others are not', async () => {
    const own = '.openclaw-sessions.sessions.json.00000000-0000-4000-8000-000000000000.tmp';
    const home = simpleHome();
    writeTree(home.dir, { [own]: 'torn', 'sessions.json.1.x.tmp': 'other', '.fs-safe-replace.1.x.tmp': 'other' });
    await cleanUp(home, ['--dry-run']);
    expect(fs.existsSync(path.join(home.dir, own))).toBe(true);
    await cleanUp(home);
    expect(namesIn(home.dir)).toEqual([
      '.fs-safe-replace.1.x.tmp',
      'new.jsonl',
      'old.jsonl.deleted.<ts>',
      'sessions.json',
      'sessions.json.1.x.tmp',
    ]);
  });
});

describe('transcripts in use (V16)', () => {
  /** The lock that the runtime would hold: of a process that runs, taken just now. */
  const runtimeLock = (): string =>
    `${JSON.stringify({ pid: process.pid, createdAt: new Date().toISOString(), starttime: startTicksOf(process.pid) }, null, 2)}\n`;

  it('stay with their rows; stderr and --explain say so, the report does not', async () => {
    const home = simpleHome();
    writeTree(home.dir, { 'old.jsonl.lock': runtimeLock() });
    const { stdout, stderr, exitCode } = await cleanUp(home, ['--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ pruned: 0, afterCount: 2, wouldMutate: false });
    expect(stderr).toContain(`Kept agent:main:old: in use by process ${process.pid} (else prune-stale)`);
    expect(namesIn(home.dir)).toEqual(['new.jsonl', 'old.jsonl', 'old.jsonl.lock', 'sessions.json']);

    const explained = await cleanUp(home, ['--dry-run', '--json', '--explain']);
    expect(JSON.parse(explained.stdout)).toMatchObject({
      rows: [{ key: 'agent:main:main' }, { key: 'agent:main:old', action: 'keep', reason: { code: 'in-use' } }],
      heldBack: [{ kind: 'row', key: 'agent:main:old', guard: { code: 'in-use' } }],
    });
    const text = await cleanUp(home, ['--dry-run', '--explain']);
    expect(text.stdout).toContain(`kept: transcript in use by process ${process.pid}, else prune-stale`);
  });

  it('with the lock of a dead process are not in use', async () => {
    const home = simpleHome();
    writeTree(home.dir, { 'old.jsonl.lock': { pid: 999_999_999, createdAt: new Date().toISOString() } });
    await cleanUp(home);
    expect(keysOf(home.store)).toEqual(['agent:main:main']);
  });
});

describe('what the guards held back', () => {
  const home = (): Home =>
    sessionsHome({
      maintenance: { maxDiskBytes: 0 },
      store: {},
      files: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((number) => [`young-${number}.jsonl`, number * 1000])),
    });

  it('is said on stderr, the first five and a count; all with --verbose, none with --quiet', async () => {
    const made = home();
    const lines = (stderr: string): string[] =>
      stderr.split('\n').filter((line) => /^Left young|^\.\.\. and/.test(line));
    const normal = await cleanUp(made, ['--json']);
    expect(lines(normal.stderr)).toHaveLength(6);
    expect(lines(normal.stderr).at(-1)).toBe('... and 2 more (--verbose shows all)');
    const verbose = await cleanUp(made, ['--json', '--verbose']);
    expect(lines(verbose.stderr)).toHaveLength(7);
    expect(verbose.stdout).toBe(normal.stdout);
    expect((await cleanUp(made, ['--json', '--quiet'])).stderr).toBe('');
  });
});

describe('another program that writes the store', () => {
  const env = (home: Home, when: string, times = '1') => ({
    NODE_OPTIONS: `--import ${helper('meddle.mjs')}`,
    MEDDLE_STORE: home.store,
    MEDDLE_WHEN: when,
    MEDDLE_TIMES: times,
  });

  it('between reading and replacing: everything is read again, and nothing of it is lost', async () => {
    const home = simpleHome();
    const { exitCode, stdout } = await cleanUp(home, ['--json'], env(home, 'before'));
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ pruned: 1, appliedCount: 2 });
    expect(keysOf(home.store)).toEqual(['agent:main:main', 'agent:main:meddled-0']);
    expect(namesIn(home.dir)).toEqual(['new.jsonl', 'old.jsonl.deleted.<ts>', 'sessions.json']);
  });

  it('again and again: exit 5, and no file was touched', async () => {
    const home = simpleHome();
    const { exitCode, stderr, stdout } = await cleanUp(home, [], env(home, 'before', '99'));
    expect([exitCode, stdout]).toEqual([5, '']);
    expect(stderr).toContain(`Session store is being changed by another program: ${home.store}`);
    expect(namesIn(home.dir)).toEqual(['new.jsonl', 'old.jsonl', 'sessions.json']);
  });

  it('right after it was replaced: exit 5, and the report counts what is there', async () => {
    const home = simpleHome();
    const { exitCode, stderr, stdout } = await cleanUp(home, ['--json'], env(home, 'after'));
    expect(exitCode).toBe(5);
    expect(stderr).toContain('was changed by another program after the cleanup had written it');
    expect(JSON.parse(stdout)).toMatchObject({ afterCount: 1, appliedCount: 2 });
  });
});

describe('the lock of another run', () => {
  it('is waited for so long as --lock-timeout says, then exit 5 names the holder', async () => {
    const home = simpleHome();
    const holder = execa(process.execPath, [helper('lock-holder.ts'), home.store, 'hold'], { reject: false });
    onTestFinished(() => {
      holder.kill('SIGKILL');
    });
    await once(holder.stdout, 'data');
    const before = fs.readFileSync(home.store, 'utf8');
    const { exitCode, stderr, stdout } = await cleanUp(home, ['--lock-timeout', '0.1']);
    expect([exitCode, stdout]).toEqual([5, '']);
    expect(stderr).toContain(`Session store is locked by process ${holder.pid ?? ''}`);
    expect(fs.readFileSync(home.store, 'utf8')).toBe(before);

    const waiting = startCli(['cleanup', '--store', home.store, '--lock-timeout', '1m'], { home: home.home });
    await once(waiting.stderr, 'data');
    waiting.kill('SIGINT');
    expect((await waiting).exitCode).toBe(130);
    expect(fs.readFileSync(home.store, 'utf8')).toBe(before);

    expect((await cleanUp(home, ['--dry-run'])).exitCode).toBe(0);
  });

  it('on one of several stores leaves the others as they are', async () => {
    const home = simpleHome({ config: { agents: { list: [{ id: 'main' }, { id: 'work' }] } } });
    writeTree(home.home, { '.openclaw/agents/work/sessions/sessions.json': {} });
    const holder = execa(
      process.execPath,
      [helper('lock-holder.ts'), path.join(home.home, '.openclaw/agents/work/sessions/sessions.json'), 'hold'],
      { reject: false },
    );
    onTestFinished(() => {
      holder.kill('SIGKILL');
    });
    await once(holder.stdout, 'data');
    const { exitCode } = await runCli(['cleanup', '--all-agents', '--lock-timeout', '0'], { home: home.home });
    expect(exitCode).toBe(5);
    expect(keysOf(home.store)).toEqual(['agent:main:main', 'agent:main:old']);
    expect(namesIn(home.dir)).toEqual(['new.jsonl', 'old.jsonl', 'sessions.json']);
  });
});

describe('options', () => {
  it('stand before the command or after it', async () => {
    const home = simpleHome();
    const after = await runCli(['cleanup', '--dry-run', '--json', '--store', home.store], { home: home.home });
    const before = await runCli(['--json', '--store', home.store, 'cleanup', '--dry-run'], { home: home.home });
    expect(before).toEqual(after);
  });

  it.each<readonly [string, readonly string[], string]>([
    [
      '--agent with --all-agents',
      ['--agent', 'main', '--all-agents'],
      '--agent and --all-agents cannot be used together\n',
    ],
    [
      '--store with --agent',
      ['--store', 'x', '--agent', 'main'],
      '--store cannot be combined with --agent or --all-agents\n',
    ],
    [
      'an unknown agent',
      ['--dry-run', '--agent', 'nope'],
      'Unknown agent id "nope". Use "openclaw agents list" to see configured agents.\n',
    ],
    [
      'a bad time to wait',
      ['--lock-timeout', 'soon'],
      '--lock-timeout must be a duration such as 30s or 2m, or a number of seconds, not "soon".\n',
    ],
    ['a positional', ['x'], 'Too many arguments for this command.\nTry: sessions cleanup --help\n'],
    [
      'an unknown option',
      ['--dry-rnu'],
      'OpenClaw does not recognize option "--dry-rnu".\nDid you mean --dry-run?\nTry: sessions cleanup --help\n',
    ],
  ])('%s: exit 1, nothing on stdout', async (_what, args, stderr) => {
    const home = simpleHome();
    const before = treeState(home.home);
    expect(await runCli(['cleanup', ...args], { home: home.home })).toEqual({ exitCode: 1, stdout: '', stderr });
    expect(treeState(home.home)).toEqual(before);
  });

  it('an invalid policy refuses, even for a dry run', async () => {
    const home = simpleHome({ maintenance: { pruneAfter: 'soon' } });
    const { exitCode, stderr, stdout } = await cleanUp(home, ['--dry-run']);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('  - session.maintenance.pruneAfter: invalid duration (use ms, s, m, h, d)');
  });
});

describe('--explain', () => {
  it('adds to JSON why each row goes or stays, the policy with its origins, and every file', async () => {
    const home = simpleHome({ maintenance: { maxEntries: 5 } });
    const plain = JSON.parse((await cleanUp(home, ['--dry-run', '--json'])).stdout);
    const explained = JSON.parse((await cleanUp(home, ['--dry-run', '--json', '--explain'])).stdout);
    const { policy, rows, files, heldBack, ...rest } = explained;
    expect(rest).toEqual(plain);
    expect(policy.maxEntries).toEqual({ value: 5, origin: 'session.maintenance.maxEntries' });
    expect(policy.pruneAfterMs).toEqual({ value: 30 * dayMs, origin: 'default' });
    expect(rows).toMatchObject([
      {
        key: 'agent:main:main',
        action: 'keep',
        why: expect.stringMatching(/^kept: newest 5 \(age: \d+s <= 30d; cap: number 1 of 5\)$/) as string,
      },
      { key: 'agent:main:old', action: 'prune-stale', why: 'stale: 40d > 30d' },
    ]);
    expect(files).toMatchObject([{ effect: 'archive', file: 'old.jsonl', why: 'row-removed', key: 'agent:main:old' }]);
    expect(heldBack).toEqual([]);
  });

  it('adds the same to the text of a dry run and of an applied one', async () => {
    const home = simpleHome();
    const dry = (await cleanUp(home, ['--dry-run', '--explain'])).stdout;
    expect(dry).toContain('  pruneAfter             30d          (default)\n');
    expect(dry).toMatch(/^prune-stale +agent:main:old +40d ago +gpt-5\.5 +id:old +stale: 40d > 30d$/m);
    expect(dry).toContain('archive old.jsonl -> old.jsonl.deleted.');
    const applied = (await cleanUp(home, ['--explain'])).stdout;
    expect(applied).toContain('Applied maintenance. Current entries: 1\n');
    expect(applied).toContain('Session actions:\n');
    expect(applied).toContain('stale: 40d > 30d');
  });
});

it('a reader that is gone does not stop the work', async () => {
  const home = simpleHome();
  const run = startCli(['cleanup', '--store', home.store, '--json'], { home: home.home });
  run.stdout.destroy();
  await run;
  expect(keysOf(home.store)).toEqual(['agent:main:main']);
  expect(namesIn(home.dir)).toEqual(['new.jsonl', 'old.jsonl.deleted.<ts>', 'sessions.json']);
});
