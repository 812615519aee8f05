import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { scratchFolder, treeState, writeTree } from '../helpers/scratch.ts';

/** A home with a store and a row that a cleanup would take away. */
function setUp() {
  const home = writeTree(scratchFolder(), {
    '.openclaw/agents/main/sessions/sessions.json': { 'agent:main:old': { sessionId: 'old', updatedAt: 1 } },
  });
  return { home, store: path.join(home, '.openclaw/agents/main/sessions/sessions.json') };
}

describe('a value that is wrong', () => {
  it.each<[string, readonly string[], string]>([
    ['cleanup --dry-run', ['--timeout', 'abc'], '--timeout must be a positive integer (milliseconds).\n'],
    ['cleanup --enforce --store STORE', ['--timeout', '0'], '--timeout must be a positive integer (milliseconds).\n'],
    ['cleanup --enforce', ['--timeout', '1.5'], '--timeout must be a positive integer (milliseconds).\n'],
    ['cleanup --enforce', ['--lock-timeout', 'abc'], '--lock-timeout must be a duration such as 30s or 2m'],
    ['delete agent:main:old --yes', ['--lock-timeout', 'abc'], '--lock-timeout must be a duration such as 30s or 2m'],
    ['delete agent:main:old --dry-run', ['--lock-timeout', '-1'], '--lock-timeout must be a duration such as 30s'],
    [
      'archive agent:main:old --dry-run',
      ['--timeout', 'abc'],
      '--timeout must be a positive integer (milliseconds).\n',
    ],
  ])('ends %s %j before anything is done, needed or not', async (command, args, message) => {
    const { home, store } = setUp();
    const before = treeState(home);
    const words = command.split(' ').map((word) => (word === 'STORE' ? store : word));
    const run = await runCli([...words, ...args], { home });
    expect(run).toMatchObject({ exitCode: 1, stdout: '' });
    expect(run.stderr.startsWith(message)).toBe(true);
    expect(treeState(home)).toEqual(before);
  });

  it('is found before a damaged store is', async () => {
    const { home, store } = setUp();
    fs.writeFileSync(store, '{');
    for (const command of [
      ['cleanup', '--dry-run'],
      ['cleanup', '--store', store],
    ]) {
      expect(await runCli([...command, '--timeout', 'abc'], { home })).toMatchObject({
        exitCode: 1,
        stderr: '--timeout must be a positive integer (milliseconds).\n',
      });
    }
  });
});

describe('a blank value', () => {
  it.each(['', ' '])('of --workspace or --keys-from is refused: "%s"', async (blank) => {
    const { home } = setUp();
    const before = treeState(home);
    for (const [option, ...command] of [
      ['--workspace', 'export-trajectory', '--session-key', 'agent:main:old'],
      ['--keys-from', 'delete', '--yes'],
      ['--keys-from', 'delete', 'agent:main:old', '--dry-run'],
      ['--keys-from', 'archive'],
      ['--keys-from', 'reset', '--yes'],
    ] as const) {
      const run = await runCli([...command, option, blank], { home });
      expect(run).toEqual({ exitCode: 1, stdout: '', stderr: `${option} must not be blank\n` });
    }
    expect(treeState(home)).toEqual(before);
  });
});

describe('an option that looks like a number', () => {
  it.each([
    'delete --dry-run --store STORE -0',
    'delete --yes --store STORE agent:main:old -1',
    'archive -7',
    'compact -1',
  ])('is unknown, and no session key: %s', async (command) => {
    const { home, store } = setUp();
    const before = treeState(home);
    const words = command.split(' ').map((word) => (word === 'STORE' ? store : word));
    expect(await runCli(words, { home })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `OpenClaw does not recognize option "${words.at(-1)!}".\nTry: sessions ${words[0]!} --help\n`,
    });
    expect(treeState(home)).toEqual(before);
  });

  it('is a key after --', async () => {
    const { home, store } = setUp();
    writeTree(path.dirname(store), { 'sessions.json': { '-0': { sessionId: 'zero', updatedAt: 1 } } });
    const run = await runCli(['delete', '--yes', '--store', store, '--', '-0'], { home });
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Deleted session -0.') as string });
    expect(JSON.parse(fs.readFileSync(store, 'utf8'))).toEqual({});
  });
});
