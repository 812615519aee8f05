import { execa } from 'execa';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { list } from '../../src/commands/list.ts';
import { runCli } from '../helpers/cli.ts';
import { genuineHome } from '../helpers/sqlite.ts';
import { testWorld } from '../helpers/world.ts';
import { isThorough } from '../helpers/thorough.ts';

const listings = isThorough ? 1000 : 100;

describe.each(['keep', 'reopen'])('while the runtime writes all the time (%s its connection)', (mode) => {
  test(
    `${listings} listings: no error, no message, never an old count`,
    async () => {
      const { home, database } = genuineHome();
      await using writer = startWriter(database, mode);
      await writer.nextCount();
      for (let run = 0; run < listings; run++) {
        const atLeast = writer.lastCount();
        const world = testWorld({ cwd: home, env: { HOME: home }, nowMs: Date.now() });
        const messages: string[] = [];
        const tell = (line: string): number => messages.push(line);
        const rendered = await list({ json: true, limit: '3' }, [], {
          world,
          programName: 'sessions',
          messages: { notice: tell, detail: () => undefined, error: tell },
        });
        const { totalCount, count, sessions } = JSON.parse(textOf(rendered.stdout));
        expect({ messages, exitCode: rendered.exitCode, count }).toEqual({ messages: [], exitCode: 0, count: 3 });
        expect(totalCount).toBeGreaterThanOrEqual(atLeast);
        // The writer tells of a commit after it: of one it may not have told yet.
        expect(totalCount).toBeLessThanOrEqual((await writer.nextCount()) + 1);
        // One transaction: the newest row and the count belong together.
        expect(newestRound(sessions)).toBe(totalCount - 9);
      }
    },
    listings * 200,
  );
});

test.each(['keep', 'reopen'])('the built program reads beside a writer (%s), and leaves no file', async (mode) => {
  const { home, database } = genuineHome();
  {
    await using writer = startWriter(database, mode);
    for (let run = 0; run < 10; run++) {
      const atLeast = await writer.nextCount();
      const { stdout, stderr, exitCode } = await runCli(['list', '--json'], { home });
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
      expect(JSON.parse(stdout).totalCount).toBeGreaterThanOrEqual(atLeast);
    }
  }
  expect(fs.readdirSync(path.dirname(database))).toEqual(['openclaw-agent.sqlite']);
});

function textOf(output: string | Iterable<string>): string {
  return typeof output === 'string' ? output : Array.from(output).join('');
}

function newestRound(sessions: readonly { readonly key: string }[]): number {
  const rounds = sessions.map(({ key }) => Number(/^agent:main:writer:(\d+)$/.exec(key)?.[1] ?? 0));
  return Math.max(...rounds);
}

function startWriter(database: string, mode: string) {
  const script = path.resolve(import.meta.dirname, '../helpers/write-sessions.ts');
  const process_ = execa(process.execPath, [script, database, mode], { stdin: 'pipe', buffer: false });
  let count = 0;
  let waiting: ((count: number) => void)[] = [];
  let rest = '';
  process_.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length === 0) return;
    count = Number(lines.at(-1));
    for (const tell of waiting) tell(count);
    waiting = [];
  });
  return {
    /** How many sessions are known to be committed. */
    lastCount: () => count,
    /** The count after a commit that is reported from now on. */
    nextCount: () =>
      new Promise<number>((resolve, reject) => {
        waiting.push(resolve);
        process_.catch(reject);
      }),
    async [Symbol.asyncDispose]() {
      process_.stdin.end();
      await process_;
    },
  };
}
