import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { scratchFolder, treeState, writeTree } from '../helpers/scratch.ts';

const mainStore = '.openclaw/agents/main/sessions/sessions.json';
const workStore = '.openclaw/agents/work/sessions/sessions.json';
const twoAgents = { agents: { list: [{ id: 'main' }, { id: 'work' }] } };

describe('sessions list', () => {
  it('is what the program does without a command', async () => {
    const home = writeTree(scratchFolder(), { [mainStore]: { 'agent:main:main': { updatedAt: Date.now() } } });
    const [bare, named] = [await runCli([], { home }), await runCli(['list'], { home })];
    expect(bare).toEqual(named);
    expect(bare.stdout).toContain('agent:main:main');
  });

  it('lists the other stores when one of several is damaged, and says so at the end (V1)', async () => {
    const home = writeTree(scratchFolder(), {
      '.openclaw/openclaw.json': twoAgents,
      [mainStore]: '{"agent:main:main"',
      [workStore]: { 'agent:work:main': { updatedAt: 1 } },
    });
    const { stdout, stderr, exitCode } = await runCli(['--all-agents', '--json'], { home });
    const document = JSON.parse(stdout);
    expect(exitCode).toBe(4);
    expect(document.stores).toHaveLength(2);
    expect(document.sessions.map((row: { key: string }) => row.key)).toEqual(['agent:work:main']);
    expect(Object.keys(document).at(-1)).toBe('failures');
    expect(document.failures).toEqual([
      {
        agentId: 'main',
        path: path.join(home, mainStore),
        code: 'STORE_DAMAGED',
        message: expect.stringContaining('line 1, column 19'),
      },
    ]);
    expect(stderr).toContain('Session store is damaged');
  });

  it('refuses a single damaged store with exit code 4, and prints the failure as a document with --json', async () => {
    const home = writeTree(scratchFolder(), { [mainStore]: '' });
    const text = await runCli([], { home });
    expect(text).toMatchObject({ stdout: '', exitCode: 4 });
    expect(text.stderr).toContain('the file is empty');
    const json = await runCli(['--json'], { home });
    expect(json.exitCode).toBe(4);
    expect(json.stderr).toBe(text.stderr);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, error: { type: 'cli_error', code: 'STORE_DAMAGED' } });
  });

  it.each([
    [['--bogus'], 1, 'OpenClaw does not recognize option "--bogus".'],
    [['--agent', 'nope'], 1, 'Unknown agent id "nope". Use "openclaw agents list" to see configured agents.'],
    [['--agent', ' '], 1, '--agent must not be blank'],
    [['--store', ''], 1, '--store must not be blank'],
    [['--agent', 'main', '--all-agents'], 1, '--agent and --all-agents cannot be used together'],
    [['--store', 'x', '--all-agents'], 1, '--store cannot be combined with --agent or --all-agents'],
    [['--discover', '--store', 'x'], 1, '--discover cannot be combined with --store or --agent'],
    [['--active', 'x'], 1, '--active must be a positive number of minutes, for example --active 30.'],
    [['--active', '5m'], 1, '--active must be a positive number of minutes, for example --active 30.'],
    [['--active', '0'], 1, '--active must be a positive number of minutes, for example --active 30.'],
    [['--limit', '0'], 1, '--limit must be a positive integer or "all", for example --limit 25.'],
    [['--limit', '1e2'], 1, '--limit must be a positive integer or "all", for example --limit 25.'],
    [['--active', 'x', '--limit', '0'], 1, '--active must be'],
    [['--profile', 'a/b'], 2, '[openclaw] Invalid --profile (use letters, numbers, "_", "-" only)'],
    [['--dev', '--profile', 'x'], 2, '[openclaw] Cannot combine --dev with --profile'],
    [['--store', '.'], 4, 'it is a folder'],
  ])(
    'refuses %j with exit code %i, and with --json prints nothing but the failure on stdout',
    async (args, exitCode, message) => {
      const home = scratchFolder();
      const text = await runCli(args, { home });
      expect(text).toMatchObject({ stdout: '', exitCode });
      expect(text.stderr).toContain(message);
      const json = await runCli([...args, '--json'], { home });
      expect(json).toMatchObject({ stderr: text.stderr, exitCode });
      expect(JSON.parse(json.stdout)).toMatchObject({
        ok: false,
        error: { message: expect.stringContaining(message) as string },
      });
    },
  );

  it('prints the failure of a line that cannot be parsed also for a -j in a group of letters', async () => {
    const run = await runCli(['-qj', '--bogus'], { home: scratchFolder() });
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('"--bogus"') });
    expect(JSON.parse(run.stdout)).toMatchObject({ ok: false, error: { code: 'USAGE' } });
  });

  it('keeps escape codes of stored data from the terminal (V13), and escapes them by rule in JSON', async () => {
    const hostile = '\u001b]0;title\u0007\u001b[2J\u009b31m\u202e';
    const entry = { sessionId: hostile, model: hostile, thinkingLevel: hostile, acp: { agent: `${hostile}\n` } };
    const home = writeTree(scratchFolder(), { [mainStore]: { [hostile]: entry, [`agent:${hostile}:x`]: {} } });
    const { stdout } = await runCli(['--all-agents'], { home, env: { FORCE_COLOR: '0' } });
    // eslint-disable-next-line no-control-regex -- these are what must not come through
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
    const json = await runCli(['--json'], { home });
    // eslint-disable-next-line no-control-regex -- these are what must not come through
    expect(json.stdout).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
    expect(JSON.parse(json.stdout).sessions.map((row: { key: string }) => row.key)).toContain(hostile);
  });

  it.each([
    ['list', []],
    ['cleanup', ['--dry-run']],
    ['cleanup', ['--enforce']],
  ])('says with --verbose what %s %j skips, on stderr only (V7)', async (command, args) => {
    const rows = { 'agent:main:a': null, 'agent:main:b': { updatedAt: 'soon', modelOverride: 5 } };
    const home = writeTree(scratchFolder(), { [mainStore]: rows });
    const plain = await runCli(command === 'list' ? ['list'] : ['cleanup', '--dry-run'], { home });
    expect(plain.stderr).not.toContain('Skipped');
    const { stderr, exitCode } = await runCli([command, ...args, '--verbose'], { home });
    expect(exitCode).toBe(0);
    expect(stderr.split('\n').filter((line) => line.startsWith('Skipped'))).toEqual(
      ['a: the entry is no object', 'b: updatedAt is "soon", not a number', 'b: modelOverride is 5, not a text'].map(
        (rest) => `Skipped in ${path.join(home, mainStore)}: agent:main:${rest}`,
      ),
    );
  });

  it('skips fields of a wrong type where the reference crashes (V7)', async () => {
    const home = writeTree(scratchFolder(), {
      [mainStore]: {
        a: { modelOverride: 7, providerOverride: {}, model: 'm', modelProvider: 'p' },
        b: null,
        c: { acp: 3 },
      },
    });
    const { stdout, exitCode } = await runCli(['--json'], { home });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).sessions[0]).toMatchObject({
      key: 'a',
      model: 'm',
      modelProvider: 'p',
      modelOverride: 7,
    });
  });

  it('prints the same JSON with and without --verbose, what it read goes to stderr (V3)', async () => {
    const home = writeTree(scratchFolder(), { [mainStore]: { a: { updatedAt: 0 } } });
    const [quiet, verbose] = [await runCli(['--json'], { home }), await runCli(['--json', '--verbose'], { home })];
    expect(verbose.stdout).toBe(quiet.stdout);
    expect(quiet.stderr).toBe('');
    expect(verbose.stderr).toContain(path.join(home, mainStore));
  });

  it('writes nothing, not even a time', async () => {
    const home = writeTree(scratchFolder(), {
      '.openclaw/openclaw.json': twoAgents,
      [mainStore]: { a: {} },
      [workStore]: '[',
    });
    const before = treeState(home);
    await runCli(['--all-agents'], { home });
    await runCli(['--discover', '--json'], { home });
    await runCli(['--store', 'none.json'], { home });
    expect(treeState(home)).toEqual(before);
  });
});

describe('sessions list --discover', () => {
  it('adds stores that the config does not name, and says what it left out and why', async () => {
    const outside = writeTree(scratchFolder(), { 'sessions/sessions.json': { 'agent:evil:x': {} } });
    const home = writeTree(scratchFolder(), {
      '.openclaw/openclaw.json': { agents: { list: [{ id: 'main' }] } },
      [mainStore]: { 'agent:main:main': {} },
      [workStore]: { 'agent:work:main': {} },
      '.openclaw/agents/empty/agent/models.json': {},
      '.openclaw/agents/odd/sessions/sessions.json/file': 'x',
    });
    const agents = path.join(home, '.openclaw/agents');
    fs.symlinkSync(outside, path.join(agents, 'evil'));
    fs.mkdirSync(path.join(agents, 'linked'));
    fs.symlinkSync(path.join(agents, 'main/sessions'), path.join(agents, 'linked/sessions'));
    const { stdout, stderr, exitCode } = await runCli(['--discover', '--json'], { home });
    const document = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(document.allAgents).toBe(true);
    expect(document.stores.map((store: { agentId: string }) => store.agentId)).toEqual(['main', 'work']);
    expect(document.sessions.map((row: { key: string }) => row.key)).toEqual(['agent:main:main', 'agent:work:main']);
    expect(stderr.split('\n').filter((line) => line !== '')).toEqual([
      `Skipped ${path.join(agents, 'evil')}: it is a link`,
      `Skipped ${path.join(agents, 'linked/sessions')}: it is a link`,
      `Skipped ${path.join(agents, 'odd/sessions/sessions.json')}: it is not a regular file`,
    ]);
  });

  it('is content with no agents folder at all', async () => {
    const { stdout, stderr, exitCode } = await runCli(['--discover'], { home: scratchFolder() });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toContain('Session stores: 1 (main)');
  });
});
