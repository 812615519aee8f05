import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { configuredGateway, runCli } from '../helpers/cli.ts';
import { startFakeGateway, testToken } from '../helpers/fake-gateway.ts';
import { writeTree } from '../helpers/scratch.ts';
import { editDatabase, fingerprint, genuineHome } from '../helpers/sqlite.ts';

const old = { 'agent:main:old': { sessionId: 'old', updatedAt: 1000 } };

/** Nobody listens there, so that no Gateway of this machine is asked. */
const noGateway = { OPENCLAW_GATEWAY_PORT: '1' };

describe('sessions cleanup refuses where a database holds the sessions, and touches nothing', () => {
  test.each([
    ['a dry run', ['--dry-run'], 'openclaw sessions cleanup --dry-run'],
    ['an applied run', [], 'openclaw gateway run'],
    ['an enforced run', ['--enforce', '--fix-missing'], 'openclaw gateway run'],
  ])('%s', async (_name, flags, command) => {
    const { home, state, database } = genuineHome();
    const before = fingerprint(state);
    const { stdout, stderr, exitCode } = await runCli(['cleanup', '--json', ...flags], { home, env: noGateway });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { code: 'STORE_NOT_OURS', details: { path: database } },
    });
    expect(stderr).toContain(`which only OpenClaw itself may change: ${database}`);
    expect(stderr).toContain(command);
    expect(stderr.includes('no Gateway at ws://127.0.0.1:1')).toBe(!flags.includes('--dry-run'));
    expect(stderr).not.toContain('ran locally');
    expect(exitCode).toBe(4);
    expect(fingerprint(state)).toEqual(before);
  });

  test('also when a stale JSON store lies beside it, unless --store names that', async () => {
    const { home, state } = genuineHome();
    const json = path.join(state, 'agents/main/sessions/sessions.json');
    writeTree(state, { 'agents/main/sessions/sessions.json': old });
    const before = fingerprint(state);
    const refused = await runCli(['cleanup', '--enforce'], { home, env: noGateway });
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain(`--store ${json}`);
    expect(fingerprint(state)).toEqual(before);

    const done = await runCli(['cleanup', '--enforce', '--json', '--store', json], { home });
    expect(JSON.parse(done.stdout)).toMatchObject({ storePath: json, beforeCount: 1, applied: true });
    expect(done.exitCode).toBe(0);
  });

  test.each([
    ['--store with a database', (database: string) => ['--store', database]],
    [
      '--store with a JSON store that was migrated',
      () => ['--store', '~/.openclaw/agents/main/sessions/sessions.json'],
    ],
    ['one of several agents', () => ['--all-agents']],
  ])('%s', async (_name, flags) => {
    const { home, state, database } = genuineHome();
    writeTree(state, {
      'openclaw.json': { agents: { list: [{ id: 'work' }, { id: 'main' }] } },
      'agents/work/sessions/sessions.json': old,
    });
    const before = fingerprint(state);
    const { exitCode, stderr } = await runCli(['cleanup', '--enforce', ...flags(database)], { home, env: noGateway });
    expect({ exitCode, names: stderr.includes(database) }).toEqual({ exitCode: 4, names: true });
    expect(fingerprint(state)).toEqual(before);
  });

  test('the archive of a migration, when it is all that is left', async () => {
    const { home, state, database } = genuineHome();
    fs.rmSync(database);
    writeTree(state, { 'agents/main/session-sqlite-import-archive/legacy-store.sessions.json.imported-1': old });
    const before = fingerprint(state);
    const { exitCode } = await runCli(['cleanup', '--enforce'], { home, env: noGateway });
    expect(exitCode).toBe(4);
    expect(fingerprint(state)).toEqual(before);
  });
});

test('a Gateway that is there does it, and the database is left to it', async () => {
  const { home, state } = genuineHome();
  const gateway = await startFakeGateway({ methods: { 'sessions.cleanup': { payload: { appliedCount: 9 } } } });
  writeTree(state, { 'openclaw.json': { gateway: { port: gateway.port, auth: { token: testToken } } } });
  const before = fingerprint(state);
  const { stdout, exitCode } = await runCli(['cleanup', '--json'], { home, env: configuredGateway });
  expect(JSON.parse(stdout)).toEqual({ appliedCount: 9 });
  expect(exitCode).toBe(0);
  expect(gateway.requests.map(({ method }) => method)).toEqual(['sessions.cleanup']);
  expect(fingerprint(state)).toEqual(before);
});

test('a JSON store that a newer release has not migrated is cleaned up, with a warning', async () => {
  const { home, state, database } = genuineHome();
  editDatabase(database, 'DELETE FROM session_nodes; DELETE FROM session_transcript_archives');
  writeTree(state, { 'agents/main/sessions/sessions.json': old });
  const { stdout, stderr, exitCode } = await runCli(['cleanup', '--dry-run', '--json'], { home });
  expect(JSON.parse(stdout)).toMatchObject({ beforeCount: 1 });
  expect(stderr).toContain('is not migrated');
  expect(exitCode).toBe(0);
});
