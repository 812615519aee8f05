import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configuredGateway, runCli, startCli } from '../helpers/cli.ts';
import { type FakeScript, freePort, minimalHello, startFakeGateway, testToken } from '../helpers/fake-gateway.ts';
import { scratchFolder, writeTree } from '../helpers/scratch.ts';

const method = 'sessions.cleanup';
const day = 24 * 60 * 60_000;

/** A summary that tells by its store that it did not come from here; with a key that nobody knows. */
const summary = { agentId: 'main', storePath: '/far/sessions.json', novel: { a: [1] }, applied: true, appliedCount: 7 };

interface Setup {
  readonly home: string;
  readonly run: (...args: string[]) => ReturnType<typeof runCli>;
  /** The store as bytes. */
  readonly store: () => string;
}

/** A home with a store of four rows, one of them stale, whose config points to this port. */
function setUp(port: number, gateway: object = { auth: { token: testToken } }): Setup {
  const now = Date.now();
  const row = (n: number, ageMs: number): object => ({ sessionId: `id-${n}`, updatedAt: now - ageMs });
  const home = writeTree(scratchFolder(), {
    '.openclaw/openclaw.json': { gateway: { port, ...gateway }, agents: { list: [{ id: 'main' }, { id: 'work' }] } },
    '.openclaw/agents/main/sessions/sessions.json': {
      'agent:main:a': row(1, 0),
      'agent:main:b': row(2, day),
      'agent:main:c': row(3, 2 * day),
      'agent:main:stale': row(4, 60 * day),
    },
  });
  return {
    home,
    run: (...args) => runCli(args, { home, env: configuredGateway }),
    store: () => fs.readFileSync(path.join(home, '.openclaw/agents/main/sessions/sessions.json'), 'utf8'),
  };
}

async function withFake(script: FakeScript) {
  const gateway = await startFakeGateway(script);
  return { gateway, ...setUp(gateway.port) };
}

describe('cleanup with a Gateway', () => {
  it('is done there: the summary is printed as it came, the store here is untouched, and stderr says so', async () => {
    const { gateway, run, store } = await withFake({ methods: { [method]: { payload: summary } } });
    const before = store();
    expect(await run('cleanup', '--json')).toEqual({
      exitCode: 0,
      stdout: `${JSON.stringify(summary, null, 2)}\n`,
      stderr: `cleanup ran in the Gateway at ${gateway.url}\n`,
    });
    expect(await run('cleanup', '--quiet')).toEqual({
      exitCode: 0,
      stdout: 'Session store: /far/sessions.json\nApplied maintenance. Current entries: 7\n',
      stderr: '',
    });
    expect(store()).toBe(before);
    const booleans = { allAgents: false, enforce: false, fixMissing: false, fixDmScope: false };
    expect(gateway.requests).toEqual([
      { method, params: booleans },
      { method, params: booleans },
    ]);
  });

  it('is asked with every option, and nothing else', async () => {
    const { gateway, run } = await withFake({ methods: { [method]: { payload: { stores: [] } } } });
    const flags = ['--enforce', '--fix-missing', '--fix-dm-scope', '--active-key', ' agent:main:main '];
    expect(await run('cleanup', '--all-agents', ...flags)).toMatchObject({ exitCode: 0, stdout: '' });
    await run('--agent', 'elsewhere', 'cleanup');
    expect(gateway.requests.map(({ params }) => params)).toEqual([
      { allAgents: true, enforce: true, activeKey: 'agent:main:main', fixMissing: true, fixDmScope: true },
      { agent: 'elsewhere', allAgents: false, enforce: false, fixMissing: false, fixDmScope: false },
    ]);
  });

  it.each([
    [['--dry-run'], 0],
    [['--store', 'sessions.json'], 0],
    [['--agent', 'main', '--all-agents'], 1],
    [['--agent', ' '], 1],
    [['--timeout', 'x'], 1],
  ])('is not dialled with %j', async (options, exitCode) => {
    const { gateway, run, home } = await withFake({});
    writeTree(home, { 'sessions.json': {} });
    expect(await run('cleanup', ...options)).toMatchObject({ exitCode });
    expect(gateway.connectionCount()).toBe(0);
  });

  it('waits for one that is starting', async () => {
    const error = { code: 'UNAVAILABLE', message: 'gateway starting', retryable: true, retryAfterMs: 100 };
    const { run } = await withFake({
      connect: (_params, count) => (count === 0 ? { error, close: [1013, 'x'] } : { payload: minimalHello }),
      methods: { [method]: { payload: summary } },
    });
    expect(await run('cleanup')).toMatchObject({ exitCode: 0 });
  });

  const listed = (names: readonly string[]) => ({ features: { methods: names, events: [] } });
  it.each<[string, FakeScript, number, RegExp]>([
    ['cuts the connection at once', { transport: 'drop' }, 6, /^The (connection failed|Gateway closed)/],
    ['answers the upgrade with 404', { transport: 'http-404' }, 6, /404/],
    ['never challenges', { greeting: null }, 6, /^gateway timeout after 1500ms: /],
    ['never answers', { methods: { [method]: 'silence' } }, 6, /no answer to sessions\.cleanup\. .* is unknown/],
    ['closes after the request', { methods: { [method]: { close: [1012, 'service restart'] } } }, 6, /unknown/],
    ['dies after the request', { methods: { [method]: 'drop' } }, 6, /whether it was done is unknown/],
    [
      'does not take the token',
      { token: 'another' },
      6,
      /^gateway connect failed: unauthorized: gateway token mismatch/,
    ],
    ['wants the device approved', { connect: pairing() }, 6, /^gateway connect failed: pairing required/],
    [
      'answers INVALID_REQUEST',
      { methods: { [method]: refuse('Unknown agent id "x".') } },
      1,
      /^Unknown agent id "x"\.\n$/,
    ],
    [
      'does not list the method',
      { hello: listed(['health']) },
      6,
      /does not support required method "sessions\.cleanup"/,
    ],
    ['does not know the method', { methods: { [method]: refuse(`unknown method: ${method}`) } }, 6, /does not know/],
    ['sends nonsense', { greeting: ['hello'] }, 6, /does not answer as an OpenClaw Gateway/],
  ])('fails when it %s: exit code, nothing on stdout, nothing done here', async (name, script, exitCode, stderr) => {
    const { run, store, gateway } = await withFake(script);
    const before = store();
    const timeout = name === 'never answers' ? '5000' : '1500';
    const got = await run('cleanup', ...(name.startsWith('never') ? ['--timeout', timeout] : []));
    expect(got).toMatchObject({ exitCode, stdout: '' });
    expect(got.stderr).toMatch(stderr);
    expect(got.stderr).not.toContain('ran locally');
    expect(store()).toBe(before);
    expect(gateway.requests.length).toBeLessThanOrEqual(1);
  });

  it('says how to look when the outcome is unknown, and has a code for scripts', async () => {
    const { run } = await withFake({ methods: { [method]: 'drop' } });
    const { stdout, stderr } = await run('cleanup', '--json');
    expect(stderr).toMatch(/Look before you repeat it: `sessions list`/);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'GATEWAY_UNKNOWN_OUTCOME' } });
  });

  it('passes on that the Gateway did only a part', async () => {
    const { run } = await withFake({ methods: { [method]: { payload: { ...summary, partialError: 'disk full' } } } });
    expect(await run('cleanup', '--quiet')).toMatchObject({ exitCode: 1, stderr: '[error] disk full\n' });
  });

  it('does not ask it about a store here that is damaged', async () => {
    const { run, home, gateway } = await withFake({ methods: { [method]: { payload: summary } } });
    writeTree(home, { '.openclaw/agents/main/sessions/sessions.json': '{"agent:main:a": {' });
    expect(await run('cleanup')).toMatchObject({ exitCode: 4, stdout: '' });
    expect(gateway.requests).toEqual([]);
  });

  it('is left on Ctrl-C at once: the outcome is unknown', async () => {
    const { home, gateway } = await withFake({ methods: { [method]: 'silence' } });
    const running = startCli(['cleanup'], { home, env: configuredGateway });
    await gateway.requested(method);
    running.kill('SIGTERM');
    expect(await running).toMatchObject({ exitCode: 143, stderr: expect.stringMatching(/is unknown/) });
  });
});

describe('cleanup without a Gateway', () => {
  it('runs here when nothing listens, and says so', async () => {
    const port = await freePort();
    const { run, store } = setUp(port);
    const got = await run('cleanup', '--enforce');
    expect(got).toMatchObject({ exitCode: 0, stderr: `no Gateway at ws://127.0.0.1:${port}; ran locally\n` });
    expect(Object.keys(JSON.parse(store()))).toEqual(['agent:main:a', 'agent:main:b', 'agent:main:c']);
    expect(await run('cleanup', '--enforce', '--quiet')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('does not say that it ran when a store refused it', async () => {
    const port = await freePort();
    const { run, home } = setUp(port);
    writeTree(home, { '.openclaw/agents/main/sessions/sessions.json': '{' });
    const { exitCode, stderr } = await run('cleanup', '--enforce', '--all-agents');
    expect([exitCode, stderr.split('\n')[0]]).toEqual([4, `no Gateway at ws://127.0.0.1:${port}`]);
    expect(stderr).toContain('Session store is damaged');
  });

  it('makes no identity on the way', async () => {
    const { run, home } = setUp(await freePort(), {});
    expect((await run('cleanup')).exitCode).toBe(0);
    expect(fs.readdirSync(path.join(home, '.openclaw')).sort()).toEqual(['agents', 'openclaw.json']);
  });

  it.each<[string, object, Record<string, string>, RegExp]>([
    [
      'a far host in plain text',
      {},
      { OPENCLAW_GATEWAY_URL: 'ws://203.0.113.1', OPENCLAW_GATEWAY_TOKEN: 't' },
      /^SECURITY/,
    ],
    ['a URL without credentials', {}, { OPENCLAW_GATEWAY_URL: 'ws://127.0.0.1:1' }, /^gateway url override requires/],
    ['remote mode without a URL', { mode: 'remote' }, {}, /^gateway remote mode misconfigured/],
    [
      'a lost secret reference',
      { auth: { token: '${NO_SUCH}' } },
      {},
      /^gateway\.auth\.token is configured as a secret ref/,
    ],
  ])('fails before dialling on %s, exit 1, nothing done', async (_name, gateway, env, stderr) => {
    const { home, store } = setUp(1, gateway);
    const before = store();
    const run = await runCli(['cleanup', '--enforce'], { home, env: { ...configuredGateway, ...env } });
    expect(run).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(stderr) });
    expect(store()).toBe(before);
  });
});

function refuse(message: string) {
  return { error: { code: 'INVALID_REQUEST', message } };
}

function pairing() {
  const details = { code: 'PAIRING_REQUIRED', reason: 'scope-upgrade', requestId: 'r-1' };
  return {
    error: { code: 'NOT_PAIRED', message: 'pairing required: more scopes', details },
    close: [1008, 'x'] as const,
  };
}
