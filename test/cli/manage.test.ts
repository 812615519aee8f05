import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configuredGateway, startCli, runCli as runBare } from '../helpers/cli.ts';
import { type FakeGateway, type FakeScript, freePort, startFakeGateway, testToken } from '../helpers/fake-gateway.ts';
import { fakeSessions, type Release, releases } from '../helpers/fake-sessions.ts';
import { scratchFolder, writeTree } from '../helpers/scratch.ts';

/** Runs the program where the port of the config counts. */
const runCli: typeof runBare = (args, options) =>
  runBare(args, { ...options, env: { ...configuredGateway, ...options.env } });

const notFound = 'Session not found. Run openclaw sessions list --json to choose a valid key.';

/** A home whose config points to this port. */
function homeFor(port: number, gateway: object = { auth: { token: testToken } }): string {
  return writeTree(scratchFolder(), { '.openclaw/openclaw.json': { gateway: { port, ...gateway } } });
}

async function setUp(release: Release, keys: readonly string[], script: FakeScript = {}) {
  const { sessions, script: ofRelease } = fakeSessions(release, keys);
  const gateway = await startFakeGateway({
    ...ofRelease,
    ...script,
    methods: { ...ofRelease.methods, ...script.methods },
  });
  return { gateway, sessions, home: homeFor(gateway.port) };
}

const methodsOf = ({ requests }: FakeGateway): string[] => requests.map(({ method }) => method);

describe.each(releases)('with a Gateway of %s', (release) => {
  it('delete removes the valid keys and answers one result per key, in order', async () => {
    const keys = ['agent:main:main', 'agent:main:a', 'agent:main:b', 'agent:work:main'];
    const { sessions, home } = await setUp(release, keys);
    const asked = [
      'agent:main:b',
      'agent:main:nope',
      'agent:main:main',
      'agent:work:main',
      'agent:main:a',
      'agent:main:b',
    ];
    const run = await runCli(['delete', ...asked, '--yes', '--json'], { home });
    const ending = release === '2026.9.6' ? '.0123.zst' : '';
    expect(run).toMatchObject({ exitCode: 7, stderr: '' });
    expect(JSON.parse(run.stdout)).toEqual({
      ok: false,
      error: {
        type: 'cli_error',
        message: 'Session delete did not complete for every requested key.',
        code: 'SOME_KEYS_FAILED',
      },
      operation: 'delete',
      dryRun: false,
      results: [
        { key: 'agent:main:b', ok: true, status: 'deleted', archived: [`/far/id-2.jsonl.deleted.2026${ending}`] },
        { key: 'agent:main:nope', ok: false, status: 'not_found', error: notFound },
        {
          key: 'agent:main:main',
          ok: false,
          status: 'failed',
          error: 'Cannot delete the main session (agent:main:main).',
        },
        {
          key: 'agent:work:main',
          ok: false,
          status: 'failed',
          error: 'Cannot delete the main session (agent:work:main).',
        },
        { key: 'agent:main:a', ok: true, status: 'deleted', archived: [`/far/id-1.jsonl.deleted.2026${ending}`] },
        { key: 'agent:main:b', ok: true, status: 'deleted', archived: [`/far/id-2.jsonl.deleted.2026${ending}`] },
      ],
    });
    expect([...sessions.keys()]).toEqual(['agent:main:main', 'agent:work:main']);
  });

  it('reset starts known sessions afresh, main ones too, and creates none', async () => {
    const { sessions, home } = await setUp(release, ['agent:main:main', 'agent:main:a']);
    const run = await runCli(['reset', 'agent:main:main', 'agent:main:nope', '--yes'], { home });
    expect(run).toEqual({
      exitCode: 7,
      stdout: 'Reset session agent:main:main.\n',
      stderr: `reset agent:main:nope: ${notFound}\n`,
    });
    expect([...sessions.keys()].sort()).toEqual(['agent:main:a', 'agent:main:main']);
    expect(sessions.get('agent:main:main')?.sessionId).not.toBe('id-0');
  });

  it('compact prints what the Gateway answered', async () => {
    const { home } = await setUp(release, ['agent:main:a']);
    const asJson = await runCli(['compact', 'agent:main:a', '--max-lines', '2', '--json'], { home });
    expect(asJson).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: '{\n  "ok": true,\n  "key": "agent:main:a",\n  "compacted": true,\n  "kept": 2\n}\n',
    });
    const asText = await runCli(['compact', 'agent:main:a', '--max-lines', '2'], { home });
    expect(asText).toEqual({ exitCode: 0, stderr: '', stdout: 'Compacted session agent:main:a (kept 2 lines).\n' });
    const unknown = await runCli(['compact', 'agent:main:nope'], { home });
    expect(unknown).toMatchObject({
      exitCode: 0,
      stdout: 'No compaction needed for session agent:main:nope (no sessionId).\n',
    });
  });

  it('a dry run sends nothing that changes anything', async () => {
    const { gateway, sessions, home } = await setUp(release, ['agent:main:a']);
    for (const command of ['delete', 'reset', 'archive']) {
      await runCli([command, 'agent:main:a', 'agent:main:nope', '--dry-run'], { home });
    }
    expect(new Set(methodsOf(gateway))).toEqual(new Set(['sessions.describe']));
    expect(sessions.get('agent:main:a')?.sessionId).toBe('id-0');
  });
});

describe('archive', () => {
  it.each(['2026.7.35', '2026.9.6'] as const)('with a Gateway of %s', async (release) => {
    const { sessions, home } = await setUp(release, ['agent:main:main', 'agent:main:a', 'agent:main:b']);
    sessions.get('agent:main:b')!.archived = true;
    const run = await runCli(['archive', 'agent:main:a', 'agent:main:b', 'agent:main:main'], { home });
    expect(run).toEqual({
      exitCode: 7,
      stdout: 'Archived session agent:main:a.\nSession agent:main:b is already archived.\n',
      stderr: "archive agent:main:main: Cannot archive an agent's main session.\n",
    });
    expect(sessions.get('agent:main:a')).toEqual({ sessionId: 'id-1', archived: true });
    expect((await runCli(['archive', 'agent:main:a', 'agent:main:b'], { home })).exitCode).toBe(0);
  });

  it.each([[['--dry-run']], [[]]])('with a Gateway that has no archive says so, options %j', async (options) => {
    const { sessions, home, gateway } = await setUp('2026.5.12', ['agent:main:a']);
    const run = await runCli(['archive', 'agent:main:a', ...options], { home });
    expect(run).toEqual({
      exitCode: 6,
      stdout: '',
      stderr: `archive agent:main:a: The Gateway at ${gateway.url} (OpenClaw 2026.5.12) cannot archive sessions: its release has no archive. Update it, or delete the session.\n`,
    });
    expect(sessions.get('agent:main:a')).toEqual({ sessionId: 'id-0' });
  });
});

describe('the question before deleting and resetting', () => {
  it('cannot be asked without a terminal: nothing is done, and --yes is named', async () => {
    const { sessions, home } = await setUp('2026.9.6', ['agent:main:a']);
    for (const [command, noun] of [
      ['delete', 'Deletion'],
      ['reset', 'Reset'],
    ] as const) {
      expect(await runCli([command, 'agent:main:a', 'agent:main:nope'], { home, input: 'y\n' })).toEqual({
        exitCode: 1,
        stdout: '',
        stderr:
          `${command} agent:main:a: ${noun} requires confirmation. Pass --yes to ${command} non-interactively.\n` +
          `${command} agent:main:nope: ${notFound}\n`,
      });
    }
    expect(sessions.get('agent:main:a')?.sessionId).toBe('id-0');
  });
});

describe('the keys', () => {
  it('come from arguments, a file and the standard input, odd ones too', async () => {
    const odd = ['agent:main:a b', 'agent:main:日本', '-rf', '__proto__', `agent:main:${'x'.repeat(10_000)}`];
    const { sessions, home } = await setUp('2026.9.6', ['agent:main:z', ...odd]);
    fs.writeFileSync(path.join(home, 'keys.txt'), `${odd.join('\r\n')}\n\n`);
    const fromFile = await runCli(['delete', 'agent:main:z', '--keys-from', 'keys.txt', '--dry-run', '--json'], {
      home,
    });
    expect(JSON.parse(fromFile.stdout).results.map(({ key }: { key: string }) => key)).toEqual([
      'agent:main:z',
      ...odd,
    ]);
    const fromStdin = await runCli(['delete', '--keys-from', '-', '--yes'], { home, input: odd.join('\n') });
    expect(fromStdin).toMatchObject({ exitCode: 0, stderr: '' });
    expect([...sessions.keys()]).toEqual(['agent:main:z']);
    expect((await runCli(['delete', '--yes', '--', '-rf'], { home })).exitCode).toBe(1);
  });

  it('are escaped in text and in the line made for copying', async () => {
    const key = "agent:main:\u001b[31mred'; rm -rf ~";
    const { home } = await setUp('2026.9.6', [key]);
    const { stdout } = await runCli(['delete', key, '--yes'], { home });
    expect(stdout).toContain(String.raw`Deleted session agent:main:\x1b[31mred'; rm -rf ~.`);
    expect(stdout).toContain(String.raw`--session 'agent:main:\x1b[31mred'\''; rm -rf ~' on`);
  });

  it.each([
    [
      [],
      'Missing required argument "keys". Give session keys, or a file of them with --keys-from.\nTry: sessions delete --help\n',
    ],
    [[' '], 'A session key must not be blank'],
    [['--keys-from', '-'], 'No session keys in the standard input.'],
    [['k', '--timeout', '0'], '--timeout must be a positive integer (milliseconds).'],
    [['k', '--timeout', '1e3'], '--timeout must be a positive integer (milliseconds).'],
    [['k', '--agent', ''], '--agent must not be blank'],
    [['k', '--token', ' '], '--token must not be blank'],
    [['k', '--token', '@/no/such'], '--token @file: cannot read /no/such: '],
    [['--keys-from', '/no/such'], '--keys-from: cannot read /no/such: '],
  ])('and options are checked before anything is dialled: %j', async (args, message) => {
    const gateway = await startFakeGateway();
    const run = await runCli(['delete', ...args, '--yes'], { home: homeFor(gateway.port), input: '' });
    expect(run).toMatchObject({ exitCode: 1, stdout: '' });
    expect(run.stderr.startsWith(message)).toBe(true);
    expect(gateway.connectionCount()).toBe(0);
  });

  it('of another agent than --agent are not found, and a key without an agent needs it', async () => {
    const { home, gateway } = await setUp('2026.9.6', ['agent:work:a', 'global-ish']);
    const run = await runCli(['reset', 'agent:work:a', '--agent', 'main', '--yes'], { home });
    expect(run.stderr).toBe(
      'reset agent:work:a: Session not found. Run openclaw sessions list --agent main --json to choose a valid key.\n',
    );
    await runCli(['--agent', 'work', 'reset', 'global-ish', 'agent:work:a', '--yes'], { home });
    expect(gateway.requests.map(({ method, params }) => [method, params['key'], params['agentId']])).toEqual([
      ['sessions.describe', 'global-ish', 'work'],
      ['sessions.describe', 'agent:work:a', undefined],
      ['sessions.reset', 'global-ish', 'work'],
      ['sessions.reset', 'agent:work:a', undefined],
    ]);
  });
});

describe('a Gateway that lists no sessions.describe', () => {
  it('is searched page by page', async () => {
    const rows = (from: number): object[] =>
      Array.from({ length: 200 }, (_each, index) => ({ key: `agent:main:s${from + index}`, sessionId: 'id' }));
    const { gateway, home } = await setUp('2026.9.6', [], {
      hello: { server: { version: '2026.9.6' }, features: { methods: ['sessions.list', 'sessions.delete'] } },
      methods: {
        'sessions.list': ({ offset }) => ({
          payload: { sessions: rows(offset as number), nextOffset: offset === 400 ? null : (offset as number) + 200 },
        }),
        'sessions.delete': ({ key }) => ({ payload: { ok: true, key, deleted: true, archived: [] } }),
      },
    });
    const run = await runCli(['delete', 'agent:main:s450', 'agent:main:s600', '--yes'], { home });
    expect(run).toMatchObject({ exitCode: 7, stdout: 'Deleted session agent:main:s450.\n' });
    expect(gateway.requests[0]!.params).toEqual({
      limit: 200,
      offset: 0,
      archived: 'all',
      includeGlobal: true,
      includeUnknown: true,
      agentId: 'main',
    });
  });
});

describe('a Gateway that fails', () => {
  const unknown = /sessions\.delete was sent and not answered: whether it was done is unknown/;

  it.each<[string, FakeScript['methods'], RegExp]>([
    ['falls silent', { 'sessions.delete': 'silence' }, /gateway timeout after 2000ms/],
    ['dies', { 'sessions.delete': 'drop' }, /closed the connection \(1006/],
    ['restarts', { 'sessions.delete': { close: [1012, 'service restart'] } }, /\(1012: service restart\)/],
  ])(
    'and %s after the request was sent: exit 6, the outcome is unknown, the rest is not tried',
    async (_n, methods, why) => {
      const { home, gateway } = await setUp('2026.9.6', ['agent:main:a', 'agent:main:b'], { methods: methods! });
      const args = [
        'delete',
        'agent:main:a',
        'agent:main:b',
        '--yes',
        ...(_n === 'falls silent' ? ['--timeout', '2000'] : []),
      ];
      const run = await runCli(args, { home });
      expect(run).toMatchObject({ exitCode: 6, stdout: '' });
      expect(run.stderr).toMatch(why);
      expect(run.stderr).toMatch(unknown);
      expect(run.stderr).toContain('Look before you repeat it: `sessions list`');
      expect(run.stderr).toContain('delete agent:main:b: Not tried: the work had to end before it.');
      expect(methodsOf(gateway).filter((method) => method === 'sessions.delete')).toHaveLength(1);

      const { stdout, exitCode } = await runCli([...args, '--json'], { home });
      expect(exitCode).toBe(6);
      expect(JSON.parse(stdout)).toMatchObject({
        ok: false,
        error: { code: 'GATEWAY_UNKNOWN_OUTCOME', hint: expect.stringContaining('sessions list') },
        results: [
          { key: 'agent:main:a', status: 'failed' },
          { key: 'agent:main:b', status: 'failed' },
        ],
      });
    },
  );

  it.each<[string, readonly string[], FakeScript, number, RegExp]>([
    ['a wrong token', [], { token: 'another' }, 6, /^gateway connect failed: unauthorized: gateway token mismatch/],
    ['an answered error', [], { methods: { 'sessions.delete': refuse('boom') } }, 1, /^delete agent:main:a: boom\n$/],
    [
      'a missing method',
      [],
      { methods: { 'sessions.delete': refuse('unknown method: sessions.delete') } },
      6,
      /does not know the method/,
    ],
    ['no answer in the handshake', ['--timeout', '200'], { connect: 'silence' }, 6, /^gateway timeout after 200ms/],
    [
      'nonsense in an answer',
      [],
      { methods: { 'sessions.delete': { payload: 'fine' } } },
      6,
      /in a way we do not understand/,
    ],
  ])('with %s', async (_name, options, script, exitCode, stderr) => {
    const { home } = await setUp('2026.9.6', ['agent:main:a'], script);
    const run = await runCli(['delete', 'agent:main:a', '--yes', ...options], { home });
    expect(run).toMatchObject({ exitCode, stdout: '' });
    expect(run.stderr).toMatch(stderr);
  });

  it('by not being there: one message, with what was dialled and why', async () => {
    const port = await freePort();
    const home = homeFor(port);
    const message = `Gateway not reachable at ws://127.0.0.1:${port} (ECONNREFUSED).
Start it with \`openclaw gateway run\` or check \`openclaw gateway status\`.
Gateway target: ws://127.0.0.1:${port}
Source: local loopback
Config: ${home}/.openclaw/openclaw.json
Bind: loopback`;
    for (const args of [
      ['delete', 'k', '--yes'],
      ['archive', 'k'],
      ['reset', 'k', '--yes'],
      ['compact', 'k'],
    ]) {
      expect(await runCli(args, { home })).toEqual({ exitCode: 6, stdout: '', stderr: `${message}\n` });
    }
    const { stdout } = await runCli(['compact', 'k', '--json'], { home });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { type: 'cli_error', message, code: 'GATEWAY_UNREACHABLE' },
    });
  });

  it('is left at once on Ctrl-C', async () => {
    const { home, gateway } = await setUp('2026.9.6', ['agent:main:a'], { methods: { 'sessions.delete': 'silence' } });
    const running = startCli(['delete', 'agent:main:a', '--yes'], { home, env: configuredGateway });
    await gateway.requested('sessions.delete');
    running.kill('SIGINT');
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(unknown);
  });
});

describe('compact', () => {
  it.each<[string, object, number, string, string]>([
    [
      'tokens',
      { ok: true, key: 'K', compacted: true, result: { tokensBefore: 1000, tokensAfter: 10 } },
      0,
      'Compacted session K (1000 → 10 tokens).\n',
      '',
    ],
    ['no numbers', { ok: true, key: 'K', compacted: true }, 0, 'Compacted session K.\n', ''],
    [
      'nothing to do',
      { ok: true, key: 'K', compacted: false, kept: 3 },
      0,
      'No compaction needed for session K.\n',
      '',
    ],
    [
      'a failure',
      { ok: false, key: 'K', compacted: false, reason: 'Unknown model: x' },
      1,
      '',
      'Compaction failed for session K: Unknown model: x.\n',
    ],
    ['an empty answer', {}, 1, '', 'Compaction failed for session agent:main:a.\n'],
  ])('reports %s', async (_name, payload, exitCode, stdout, stderr) => {
    const { home } = await setUp('2026.9.6', [], { methods: { 'sessions.compact': { payload } } });
    expect(await runCli(['compact', 'agent:main:a'], { home })).toEqual({ exitCode, stdout, stderr });
    const asJson = await runCli(['compact', 'agent:main:a', '--json'], { home });
    expect(asJson).toEqual({ exitCode, stdout: `${JSON.stringify(payload, null, 2)}\n`, stderr: '' });
  });

  it('fails with exit 1 when the Gateway answers with an error', async () => {
    const error = { code: 'UNAVAILABLE', message: 'Error: Requested agent harness "codex" is not registered.' };
    const { home } = await setUp('2026.5.12', [], { methods: { 'sessions.compact': { error } } });
    const run = await runCli(['compact', 'agent:main:a', '--json'], { home });
    const message = `Compaction failed: ${error.message}`;
    expect(run).toMatchObject({ exitCode: 1, stderr: `${message}\n` });
    expect(JSON.parse(run.stdout)).toMatchObject({ ok: false, error: { type: 'cli_error', message } });
  });

  it('takes no count that is not a positive whole number, and no agent that the key denies', async () => {
    const gateway = await startFakeGateway();
    const home = homeFor(gateway.port);
    for (const [args, message] of [
      [['--max-lines', '0'], '--max-lines must be a positive integer.\n'],
      [['--max-lines', '2.5'], '--max-lines must be a positive integer.\n'],
      [['--agent', 'work'], '--agent work does not match the agent of the session key agent:main:a\n'],
    ] as const) {
      expect(await runCli(['compact', 'agent:main:a', ...args], { home })).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: message,
      });
    }
    expect(gateway.connectionCount()).toBe(0);
  });
});

describe('secrets', () => {
  it('come from option, file, variable or config, and are never printed, not even with --verbose', async () => {
    const secret = 'tok-5ecret';
    const echo: FakeScript['methods'] = { 'sessions.describe': refuse(`who gave me ${secret}?`) };
    const gateway = await startFakeGateway({ token: secret, methods: echo });
    const home = homeFor(1, {});
    writeTree(home, {
      'token.txt': `${secret}\n`,
      'ref.json': { gateway: { port: gateway.port, auth: { token: '${GW}' } } },
    });
    const byUrl = ['--url', gateway.url];
    for (const [args, env] of [
      [[...byUrl, '--token', secret], {}],
      [[...byUrl, '--token', '@token.txt'], {}],
      [byUrl, { SESSIONS_GATEWAY_TOKEN: secret }],
      [[], { OPENCLAW_GATEWAY_URL: gateway.url, OPENCLAW_GATEWAY_TOKEN: secret }],
      [[], { OPENCLAW_CONFIG_PATH: path.join(home, 'ref.json'), GW: secret }],
    ] as const) {
      const run = await runCli(['delete', 'agent:main:a', '--verbose', ...args], { home, env });
      expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('who gave me ***?') });
      expect(run.stdout + run.stderr).not.toContain(secret);
    }
    expect(gateway.connects).toHaveLength(5);

    for (const token of [`${secret}-wrong`, '@token.txt']) {
      const url = `ws://user:${secret}@127.0.0.1:${token === '@token.txt' ? await freePort() : gateway.port}/?token=${secret}`;
      const run = await runCli(['compact', 'k', '--verbose', '--json', '--url', url, '--token', token], { home });
      expect(run.exitCode).toBe(6);
      expect(run.stdout + run.stderr).not.toContain(secret);
    }
  });
});

function refuse(message: string) {
  return { error: { code: 'INVALID_REQUEST', message } };
}
