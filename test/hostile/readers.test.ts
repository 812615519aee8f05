/* eslint-disable @typescript-eslint/no-explicit-any -- tests take JSON documents apart as they come */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bin } from '../helpers/cli.ts';
import { isThorough } from '../helpers/thorough.ts';
import { dayMs, keysOf, sessionsDir, sessionsHome } from '../helpers/sessions-home.ts';

const shell = promisify(execFile);
/** A key is 10,000 characters long: so many make 100 MB of JSON in the long form. */
const longKeys = isThorough ? 10_000 : 1000;

const sh = (script: string, home: string) =>
  shell('sh', ['-c', script], {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      TERM: 'xterm',
      OPENCLAW_GATEWAY_PORT: '1',
      STORE: `${sessionsDir}/sessions.json`,
      SESSIONS: `${process.execPath} ${bin}`,
    },
    maxBuffer: 1e9,
  });

const rows = (count: number, keyLength: number, age = dayMs): Record<string, object> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `agent:main:${index}:`.padEnd(keyLength, 'x'),
      { sessionId: `s${index}`, age },
    ]),
  );

describe('a reader that takes its time', () => {
  it.each([
    ['list --json --limit all', (document: any): number => document.sessions.length],
    ['cleanup --dry-run --explain --json', (document: any): number => document.rows.length],
  ])('gets all of %s', async (command, count) => {
    const { home } = sessionsHome({ store: rows(longKeys, 10_000) });
    const { stdout, stderr } = await sh(`{ $SESSIONS ${command}; echo "exit $?" >&2; } | { sleep 1; cat; }`, home);
    expect(stderr).toBe('exit 0\n');
    expect(stdout.length).toBeGreaterThan(longKeys * 10_000);
    expect(count(JSON.parse(stdout))).toBe(longKeys);
  });

  it('gets all through a pipe that another program has set to not wait', async () => {
    const { home } = sessionsHome({ store: rows(longKeys, 10_000) });
    // Node.js does so with the pipe that it writes to, for all who have it.
    const other = 'process.stdout.write(""); fs.writeFileSync("set", ""); setTimeout(() => {}, 30_000)';
    const { stdout, stderr } = await sh(
      `{ ${process.execPath} -e '${other}' & until [ -e set ]; do sleep 0.05; done
        $SESSIONS list --json --limit all; echo "exit $?" >&2; kill $!; } | { sleep 1; cat; }`,
      home,
    );
    expect(stderr).toBe('exit 0\n');
    expect(JSON.parse(stdout).sessions).toHaveLength(longKeys);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('does not keep %s from ending a listing', async (signal) => {
    const { home } = sessionsHome({ store: rows(5000, 1000) });
    const child = spawn(process.execPath, [bin, 'list', '--json', '--limit', 'all'], {
      env: { PATH: process.env['PATH'], HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // It has written what the pipe holds, and waits for a reader that never comes.
    await once(child.stdout, 'readable');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([null, signal]);
  });
});

describe('a reader that goes away', () => {
  it.each([
    'list --limit all',
    'list --limit all --json',
    'cleanup --dry-run --store $STORE',
    'cleanup --dry-run --explain --json --store $STORE',
    'delete --store $STORE --keys-from keys.txt --dry-run',
  ])('ends %s quietly', async (command) => {
    const { home, store } = sessionsHome({ store: rows(5000, 100), maintenance: { maxEntries: 1 } });
    fs.writeFileSync(path.join(home, 'keys.txt'), keysOf(store).join('\n'));
    const { stdout, stderr } = await sh(`{ $SESSIONS ${command}; echo "exit $?" >&2; } | head -1`, home);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).toBe('exit 0\n');
  });

  it.each([
    ['cleanup --enforce --explain --store $STORE', 1],
    ['delete --store $STORE --keys-from keys.txt --yes --json', 0],
  ])('does not keep %s from being done', async (command, left) => {
    const { home, store, dir } = sessionsHome({ store: rows(2000, 60), maintenance: { maxEntries: 1 } });
    fs.writeFileSync(path.join(home, 'keys.txt'), keysOf(store).join('\n'));
    const { stderr } = await sh(`{ $SESSIONS ${command}; echo "exit $?" >&2; } | head -c 1`, home);
    expect(stderr).toBe('exit 0\n');
    expect(keysOf(store)).toHaveLength(left);
    expect(fs.readdirSync(dir)).toEqual(['sessions.json']);
  });
});

describe('output that cannot be written', () => {
  it.each(['list', 'list --json', 'cleanup --dry-run --store $STORE', 'help', 'version'])(
    '%s: says so, exit 1',
    async (command) => {
      const { home } = sessionsHome({ store: rows(3, 30) });
      const { stdout, stderr } = await sh(`$SESSIONS ${command} > /dev/full || echo "exit $?" >&2`, home);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^Output could not be written: ENOSPC.*\nexit 1\n$/);
    },
  );

  it.each(['<&-', '2>&-', '<&- >&- 2>&-'])('list survives %s', async (redirection) => {
    const { home } = sessionsHome({ store: rows(3, 30) });
    const { stdout } = await sh(`$SESSIONS list ${redirection}; echo "exit $?"`, home);
    expect(stdout).toMatch(/exit 0\n$/);
  });
});
