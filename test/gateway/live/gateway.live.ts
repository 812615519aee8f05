import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectGateway } from '../../../src/gateway/client.ts';
import { buildConnectParams } from '../../../src/gateway/connect-params.ts';
import { identityOf, type SignatureVersion } from '../../../src/gateway/device.ts';
import { connectTcp } from '../../../src/gateway/tcp.ts';
import { configuredGateway, runCli, startCli } from '../../helpers/cli.ts';
import { freePort } from '../../helpers/fake-gateway.ts';
import { installRelease, release, type RunningGateway, startGateway } from './openclaw.ts';
import { days, liveToken, writeState } from './state.ts';

const isSqlite = release.startsWith('2026.8.') || release.startsWith('2026.9.');
const hasArchive = !release.startsWith('2026.5.');
const many = Array.from({ length: 300 }, (_each, index) => `agent:work:many-${index}`);

let home: string;
let port: number;
let gateway: RunningGateway;

beforeAll(async () => {
  const entry = await installRelease();
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sessions-live-')));
  port = await freePort();
  const keys = ['main', 'alpha', 'beta', 'gamma', 'delta', 'cron:job-1:run:x'].map((name) => `agent:main:${name}`);
  writeState(
    home,
    port,
    [...keys, 'agent:work:main', ...many].map((key) => ({ key, ageMs: days(1) })),
  );
  gateway = await startGateway(entry, home, port);
}, 600_000);

afterAll(async () => {
  await gateway.stop();
  fs.rmSync(home, { recursive: true, force: true });
}, 60_000);

const sessions = (...args: string[]) => runCli(args, { home, env: configuredGateway, timeoutMs: 60_000 });

async function storedKeys(agent: string): Promise<string[]> {
  const { stdout } = await sessions('list', '--agent', agent, '--limit', 'all', '--json');
  return JSON.parse(stdout).sessions.map(({ key }: { key: string }) => key);
}

async function storedId(key: string): Promise<string> {
  const { stdout } = await sessions('list', '--limit', 'all', '--json');
  return JSON.parse(stdout).sessions.find((row: { key: string }) => row.key === key)?.sessionId;
}

/** The same state in another home; a copy keeps the times of files. */
function copyOf(original: string): string {
  const twin = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sessions-live-twin-')));
  fs.cpSync(path.join(original, '.openclaw'), path.join(twin, '.openclaw'), {
    recursive: true,
    preserveTimestamps: true,
  });
  for (const store of fs.globSync(path.join(twin, '.openclaw/agents/*/sessions/sessions.json'))) {
    fs.writeFileSync(store, fs.readFileSync(store, 'utf8').replaceAll(original, twin));
  }
  return twin;
}

/** What lies in the folders of the agents: stores by their text, other files by name, times and the home masked. */
function agentFiles(of: string): Record<string, string> {
  const root = path.join(of, '.openclaw/agents');
  const files = fs.globSync('**', { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        const name = path.relative(root, file).replace(/\d{4}-\d\d-\d\dT[\d.-]+Z$/, '<time>');
        return [name, name.endsWith('.json') ? fs.readFileSync(file, 'utf8').replaceAll(of, '$HOME') : ''] as const;
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

describe(`a real Gateway of ${release}`, () => {
  it('does a cleanup as it would be done here, and once', async () => {
    const twin = copyOf(home);
    try {
      const options = ['cleanup', '--all-agents', '--enforce', '--fix-missing', '--json'];
      const there = await sessions(...options);
      expect(there).toMatchObject({
        exitCode: 0,
        stderr: `cleanup ran in the Gateway at ws://127.0.0.1:${port}\n`,
      });
      const summary = JSON.parse(there.stdout);
      expect(summary).toMatchObject({ allAgents: true, dryRun: false });
      expect(await storedKeys('main')).not.toContain('agent:main:stale');
      // The stores of later releases are no JSON files, and their summaries say more.
      if (release !== '2026.5.12') return;
      const here = await runCli(options, { home: twin, timeoutMs: 60_000 });
      expect(here).toMatchObject({ exitCode: 0, stderr: 'no Gateway at ws://127.0.0.1:1; ran locally\n' });
      expect(here.stdout.replaceAll(twin, home)).toBe(there.stdout);
      expect(agentFiles(twin)).toEqual(agentFiles(home));
    } finally {
      fs.rmSync(twin, { recursive: true, force: true });
    }
  });

  it('answers for an agent that it does not have', async () => {
    const { exitCode, stdout, stderr } = await sessions('cleanup', '--agent', 'nope');
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Unknown agent id "nope"\. /);
  });

  it('rehearses without changing anything', async () => {
    const before = await storedKeys('main');
    const run = await sessions('delete', 'agent:main:alpha', 'agent:main:cron:job-1:run:x', '--dry-run');
    expect(run).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: [
        '[dry-run] delete session agent:main:alpha and its live transcript state\n',
        '[dry-run] delete session agent:main:cron:job-1:run:x and its live transcript state\n',
      ].join(''),
    });
    expect((await sessions('reset', 'agent:main:alpha', '--dry-run')).exitCode).toBe(0);
    expect(await storedKeys('main')).toEqual(before);
  });

  it('deletes, protects main sessions, and names unknown keys', async () => {
    const asked = ['agent:main:alpha', 'agent:main:main', 'agent:work:main', 'agent:main:nope', 'alpha'];
    const { exitCode, stdout } = await sessions('delete', ...asked, '--yes', '--json');
    const { results } = JSON.parse(stdout);
    expect(exitCode).toBe(7);
    expect(results.map(({ key, status }: Record<string, string>) => [key, status])).toEqual([
      ['agent:main:alpha', 'deleted'],
      ['agent:main:main', 'failed'],
      ['agent:work:main', 'failed'],
      ['agent:main:nope', 'not_found'],
      ['alpha', 'not_found'],
    ]);
    for (const file of results[0].archived) expect(fs.existsSync(file)).toBe(true);
    expect(results[0].archived).toHaveLength(1);
    const keys = await storedKeys('main');
    expect(keys).not.toContain('agent:main:alpha');
    expect(keys).toContain('agent:main:main');
  });

  it('resets known sessions and creates none', async () => {
    const before = await storedId('agent:main:beta');
    const { exitCode, stdout } = await sessions(
      'reset',
      'agent:main:beta',
      'agent:main:nope',
      '--reason',
      'new',
      '--yes',
    );
    expect([exitCode, stdout]).toEqual([7, 'Reset session agent:main:beta.\n']);
    expect((await storedId('agent:main:beta')) === before).toBe(isSqlite);
    expect(await storedKeys('main')).not.toContain('agent:main:nope');
  });

  it('compacts to the last lines', async () => {
    const cut = await sessions('compact', 'agent:main:gamma', '--max-lines', '2', '--json');
    expect(cut.exitCode).toBe(0);
    expect(JSON.parse(cut.stdout)).toMatchObject({ ok: true, key: 'agent:main:gamma', compacted: true, kept: 2 });
    const again = await sessions('compact', 'agent:main:gamma', '--max-lines', '2');
    expect(again).toEqual({ exitCode: 0, stderr: '', stdout: 'No compaction needed for session agent:main:gamma.\n' });
    expect(await sessions('compact', 'agent:main:nope')).toMatchObject({
      exitCode: 0,
      stdout: 'No compaction needed for session agent:main:nope (no sessionId).\n',
    });
  });

  it('says why it cannot compact without a model', async () => {
    const { exitCode, stdout, stderr } = await sessions('compact', 'agent:main:delta');
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Compaction failed/);
  });

  it('archives, or says that it cannot', async () => {
    const { exitCode, stdout, stderr } = await sessions('archive', 'agent:main:delta', 'agent:main:main');
    expect(stderr).toContain("archive agent:main:main: Cannot archive an agent's main session.\n");
    if (hasArchive) {
      expect([exitCode, stdout]).toEqual([7, 'Archived session agent:main:delta.\n']);
      expect(await sessions('archive', 'agent:main:delta')).toMatchObject({
        exitCode: 0,
        stdout: 'Session agent:main:delta is already archived.\n',
      });
    } else {
      expect([exitCode, stdout]).toEqual([6, '']);
      expect(stderr).toContain(`(OpenClaw ${release}) cannot archive sessions`);
    }
  });

  it('refuses a wrong token, exit 6, and the token is not printed', async () => {
    const url = `ws://127.0.0.1:${port}`;
    const run = await sessions(
      'delete',
      'agent:main:beta',
      '--yes',
      '--url',
      url,
      '--token',
      'wrong-5ecret',
      '--verbose',
    );
    expect(run).toMatchObject({ exitCode: 6, stdout: '' });
    expect(run.stderr).toContain('gateway connect failed: unauthorized: gateway token mismatch');
    expect(run.stderr).not.toContain('wrong-5ecret');
  });

  it.each(['v3', 'v2'] as const)('accepts the signature %s of a new device', async (version) => {
    const hello = await connectAsDevice(version);
    expect(hello.version).toBe(release);
  });

  it('is given up when it is frozen, within the time limit', async () => {
    process.kill(gateway.pid, 'SIGSTOP');
    try {
      for (const command of [['delete', 'agent:main:beta', '--yes'], ['cleanup']]) {
        const run = await sessions(...command, '--timeout', '2000');
        expect(run).toMatchObject({ exitCode: 6, stdout: '' });
        expect(run.stderr).toMatch(/^gateway timeout after 2000ms/);
      }
    } finally {
      process.kill(gateway.pid, 'SIGCONT');
    }
    expect(await storedKeys('main')).toContain('agent:main:beta');
  });

  it('stops in the middle: what was done is reported as done, the rest as not', async () => {
    const running = startCli(['delete', '--keys-from', '-', '--yes', '--json'], {
      home,
      env: configuredGateway,
      input: many.join('\n'),
      timeoutMs: 120_000,
    });
    const folder = path.join(home, '.openclaw/agents/work/sessions');
    await expect
      .poll(() => fs.readdirSync(folder).filter((name) => name.includes('.deleted.')).length, { timeout: 60_000 })
      .toBeGreaterThan(3);
    await gateway.stop();
    const { exitCode, stdout } = await running;
    const { error, results } = JSON.parse(stdout);
    expect(exitCode).toBe(6);
    expect(['GATEWAY_UNKNOWN_OUTCOME', 'GATEWAY_FAILED']).toContain(error.code);
    expect(results).toHaveLength(many.length);
    const isDone = ({ status }: { status: string }): boolean => status === 'deleted';
    const keys = new Set(await storedKeys('work'));
    for (const result of results) if (isDone(result)) expect(keys).not.toContain(result.key);
    const untried = results.filter(({ error: text }: { error?: string }) => text?.startsWith('Not tried'));
    expect(untried.length).toBeGreaterThan(0);
    for (const { key } of untried) expect(keys).toContain(key);
  });

  it('is gone: the commands say what was dialled and why', async () => {
    const { exitCode, stderr } = await sessions('delete', 'agent:main:beta', '--yes');
    expect(exitCode).toBe(6);
    expect(stderr).toMatch(new RegExp(`^Gateway not reachable at ws://127.0.0.1:${port} \\(ECONNREFUSED\\)\\.\n`));
    if (isSqlite) return;
    expect(await sessions('cleanup')).toMatchObject({
      exitCode: 0,
      stderr: `no Gateway at ws://127.0.0.1:${port}; ran locally\n`,
    });
  });
});

async function connectAsDevice(version: SignatureVersion) {
  const identity = identityOf(generateKeyPairSync('ed25519').privateKey);
  const url = `ws://127.0.0.1:${port}`;
  const target = { url: new URL(url), shownUrl: url, source: 'cli --url', configPath: '', bind: '' } as const;
  const { signal } = new AbortController();
  const connection = await connectGateway({
    target,
    transport: await connectTcp(target, { timeoutMs: 20_000, signal }),
    pin: undefined,
    connectTimeoutMs: 20_000,
    signal,
    redact: (text) => text,
    connectParams: (nonce) =>
      buildConnectParams(
        {
          credentials: { token: liveToken, password: undefined },
          device: identity,
          deviceToken: undefined,
          signature: version,
          platform: process.platform,
          version: '1.0.0',
          nowMs: Date.now(),
        },
        nonce,
      ),
  });
  await connection.close();
  return connection.hello;
}
