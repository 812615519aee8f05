import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CliRun, runCli } from '../helpers/cli.ts';
import { scratchFolder } from '../helpers/scratch.ts';
import { dayMs, type Home, keysOf, namesIn, sessionsHome } from '../helpers/sessions-home.ts';

/** `npm run test:faults` goes through everything; the suite through every call once. */
const isThorough = process.env['SESSIONS_LONG_TESTS'] === '1';

const fault = path.resolve(import.meta.dirname, '../helpers/fault.mjs');
const args = ['cleanup', '--enforce', '--fix-missing', '--fix-dm-scope', '--json', '--store'];

/** Rows and files for every step of a cleanup. Transcripts that must not be lost are those in `transcripts`. */
function richHome(): Home {
  const old = 40 * dayMs;
  return sessionsHome({
    maintenance: { maxEntries: 4 },
    store: {
      'agent:main:main': { sessionId: 'kept', age: 1000, channel: 'telegram' },
      'agent:main:stale': { sessionId: 'stale', age: old },
      'agent:main:custom': { sessionId: 'c', sessionFile: 'custom.jsonl', age: old },
      'agent:main:telegram:group:1': { sessionId: 'group', age: old },
      'agent:main:direct:p1': { sessionId: 'direct', age: dayMs },
      'agent:main:missing': { sessionId: 'missing', age: dayMs },
      'agent:main:x1': { sessionId: 'x1', age: 2 * dayMs },
      'agent:main:x2': { sessionId: 'x2', age: 3 * dayMs },
      'agent:main:x3': { sessionId: 'x3', age: 4 * dayMs },
    },
    files: {
      ...Object.fromEntries(transcripts.map((name) => [name, old])),
      'stale.trajectory.jsonl': old,
      'stale.trajectory-path.json': old,
      'orphan.jsonl': old,
      'gone.jsonl.deleted.2020-01-01T00-00-00.000Z': old,
    },
  });
}

const transcripts = ['kept', 'stale', 'c', 'custom', 'group', 'direct', 'x1', 'x2', 'x3'].map(
  (name) => `${name}.jsonl`,
);

function copyOf(template: Home): Home {
  const home = scratchFolder();
  fs.cpSync(template.home, home, { recursive: true, preserveTimestamps: true });
  const move = (file: string): string => path.join(home, path.relative(template.home, file));
  return { home, dir: move(template.dir), store: move(template.store) };
}

function runFaulty({ home, store }: Home, env: Readonly<Record<string, string>>): Promise<CliRun> {
  return runCli([...args, store], { home, env: { NODE_OPTIONS: `--import ${fault}`, ...env } });
}

/** One line for each call that changes the disk in an unbroken run. */
async function countCalls(template: Home): Promise<number> {
  const home = copyOf(template);
  const log = path.join(home.home, 'calls.log');
  await runFaulty(home, { FAULT_LOG: log });
  return fs.readFileSync(log, 'utf8').trim().split('\n').length;
}

async function unbroken(template: Home): Promise<{ readonly names: readonly string[]; readonly text: string }> {
  const home = copyOf(template);
  const { exitCode } = await runCli([...args, home.store], { home: home.home });
  expect(exitCode).toBe(0);
  return { names: namesIn(home.dir), text: fs.readFileSync(home.store, 'utf8') };
}

/** Every transcript is there, as it was or as an archive. */
function expectNoTranscriptLost({ dir }: Home): void {
  const names = fs.readdirSync(dir);
  const lost = transcripts.filter(
    (name) => !names.some((each) => each === name || each.startsWith(`${name}.deleted.`)),
  );
  expect(lost).toEqual([]);
}

describe('kill -9 at any call that changes the disk', () => {
  it.each(isThorough ? ['before', 'torn'] : ['before'])(
    '%s: leaves the old store or the new one, and the next run finishes the job',
    async (mode) => {
      const template = richHome();
      const oldText = fs.readFileSync(template.store, 'utf8');
      const expected = await unbroken(template);
      const calls = await countCalls(template);
      expect(calls).toBeGreaterThan(25);
      for (let at = 1; at <= calls; at++) {
        const home = copyOf(template);
        const killed = await runFaulty(home, { FAULT_AT: String(at), FAULT_MODE: mode });
        expect(killed.exitCode).toBeUndefined();
        expect([oldText, expected.text]).toContain(fs.readFileSync(home.store, 'utf8'));
        expectNoTranscriptLost(home);

        const next = await runCli([...args, home.store, '--lock-timeout', '0'], { home: home.home });
        expect({ at, ...next }).toMatchObject({ at, exitCode: 0 });
        expect({ at, names: namesIn(home.dir) }).toEqual({ at, names: expected.names });
        expect(fs.readFileSync(home.store, 'utf8')).toBe(expected.text);
      }
    },
  );
});

describe('a call that fails', () => {
  it.each(isThorough ? ['ENOSPC', 'EACCES', 'EROFS', 'EIO'] : ['ENOSPC'])(
    '%s, wherever: no torn store, no temporary file, no lock, a plain message',
    async (code) => {
      const template = richHome();
      const oldText = fs.readFileSync(template.store, 'utf8');
      const expected = await unbroken(template);
      const calls = await countCalls(template);
      for (let at = 1; at <= calls; at++) {
        const home = copyOf(template);
        const run = await runFaulty(home, { FAULT_AT: String(at), FAULT_MODE: code });
        const text = fs.readFileSync(home.store, 'utf8');
        expect({ at, isWhole: [oldText, expected.text].includes(text) }).toEqual({ at, isWhole: true });
        expect({ at, exit: run.exitCode, bug: /bug/.exec(run.stderr) }).toMatchObject({ at, bug: null });
        expect([0, 1]).toContain(run.exitCode);
        if (text === oldText) {
          expect({ at, names: namesIn(home.dir) }).toMatchObject({ at, names: namesIn(template.dir) });
          expect({ at, exit: run.exitCode }).toEqual({ at, exit: 1 });
        }
        expectNoTranscriptLost(home);
        expect(keysOf(home.store)).toContain('agent:main:main');
      }
    },
  );
});
