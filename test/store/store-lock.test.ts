import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SessionsError } from '../../src/errors.ts';
import { type StoreLockOptions, withStoreLock, withStoreLocks } from '../../src/files/store-lock.ts';
import { scratchFolder } from '../helpers/scratch.ts';

const program = path.resolve(import.meta.dirname, '../helpers/lock-holder.ts');

function options(changes: Partial<StoreLockOptions> = {}): StoreLockOptions {
  return { timeoutMs: 0, pid: process.pid, isRunning, interrupted: new AbortController().signal, ...changes };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Another process that holds the lock by now. Wrapped: the process itself is a promise. */
async function startHolder(store: string, ...task: string[]) {
  const child = execa(process.execPath, [program, store, ...task], { reject: false });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  return { child };
}

async function failureOf(work: Promise<unknown>): Promise<SessionsError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof SessionsError) return error;
  throw new Error('did not fail as expected', { cause: error });
}

const nothing = (): Promise<void> => Promise.resolve();

describe('the lock of a store', () => {
  test('is there while the work goes on and gone afterwards, also when the work fails', async () => {
    const dir = scratchFolder();
    const store = path.join(dir, 'sessions.json');
    const during = await withStoreLock(store, options(), () => Promise.resolve(fs.readdirSync(dir)));
    expect(during).toEqual(['sessions.json.lock']);
    expect(fs.readdirSync(dir)).toEqual([]);
    await expect(withStoreLock(store, options(), () => Promise.reject(new Error('work')))).rejects.toThrow('work');
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test('is refused at once or after the wait, naming who holds it', async () => {
    const store = path.join(scratchFolder(), 'sessions.json');
    const { child } = await startHolder(store, 'hold');
    const waits: string[] = [];
    const refused = await failureOf(withStoreLock(store, options(), nothing));
    expect(refused.code).toBe('STORE_LOCKED');
    expect(refused.message).toContain(`process ${child.pid ?? ''}, for `);
    expect(refused.message).toContain(`${store}.lock`);
    const waited = await failureOf(
      withStoreLock(store, options({ timeoutMs: 200, onWait: (by) => waits.push(by) }), nothing),
    );
    expect(waited.message).toContain('waited 0.2 s');
    expect(waits).toHaveLength(1);
  });

  test('is had as soon as the other lets go', async () => {
    const store = path.join(scratchFolder(), 'sessions.json');
    const { child } = await startHolder(store, 'hold');
    const waiting = withStoreLock(store, options({ timeoutMs: 30_000, onWait: () => child.kill('SIGTERM') }), () =>
      Promise.resolve('had'),
    );
    expect(await waiting).toBe('had');
  });

  test('an interrupt ends the wait', async () => {
    const store = path.join(scratchFolder(), 'sessions.json');
    await startHolder(store, 'hold');
    const interrupt = new AbortController();
    const changes = {
      timeoutMs: 60_000,
      interrupted: interrupt.signal,
      onWait: () => {
        interrupt.abort('SIGINT');
      },
    };
    expect((await failureOf(withStoreLock(store, options(changes), nothing))).code).toBe('INTERRUPTED');
  });

  test.each(['SIGTERM', 'SIGHUP'] as const)('goes when its owner is ended by %s', async (signal) => {
    const dir = scratchFolder();
    const { child } = await startHolder(path.join(dir, 'sessions.json'), 'hold');
    child.kill(signal);
    await child;
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test('several are taken in the order of their names, and all let go when one is not to be had', async () => {
    const dir = scratchFolder();
    const [a, b] = [path.join(dir, 'a'), path.join(dir, 'b')];
    expect(await withStoreLocks([b, a, b], options(), (locks) => Promise.resolve([...locks.keys()]))).toEqual([a, b]);
    await startHolder(b, 'hold');
    expect((await failureOf(withStoreLocks([b, a], options(), nothing))).code).toBe('STORE_LOCKED');
    expect(fs.readdirSync(dir)).toEqual(['b.lock']);
  });

  test('lets one in at a time', async () => {
    const dir = scratchFolder();
    const number = path.join(dir, 'number');
    fs.writeFileSync(number, '0');
    const adders = [1, 2, 3, 4].map(() =>
      execa(process.execPath, [program, path.join(dir, 's'), 'count', number, '25']),
    );
    await Promise.all(adders);
    expect(fs.readFileSync(number, 'utf8')).toBe('100');
  });
});

describe('what a run that was killed has left', () => {
  async function killHolder(store: string, ...task: string[]): Promise<void> {
    const { child } = await startHolder(store, ...task);
    child.kill('SIGKILL');
    await child;
    expect(fs.existsSync(`${store}.lock`)).toBe(true);
  }

  test('is taken over at once', async () => {
    const dir = scratchFolder();
    const store = path.join(dir, 'sessions.json');
    await killHolder(store, 'hold');
    expect(await withStoreLock(store, options(), () => Promise.resolve('had'))).toBe('had');
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test('is taken over by one only, of several that find it', async () => {
    const dir = scratchFolder();
    const store = path.join(dir, 's');
    const number = path.join(dir, 'number');
    fs.writeFileSync(number, '0');
    await killHolder(store, 'hold');
    await Promise.all([1, 2, 3, 4].map(() => execa(process.execPath, [program, store, 'count', number, '5'])));
    expect(fs.readFileSync(number, 'utf8')).toBe('20');
  });

  test('hands on the word of what it had not finished', async () => {
    const store = path.join(scratchFolder(), 'sessions.json');
    await killHolder(store, 'unfinished', 'to do');
    const found = await withStoreLock(store, options(), (lock) => {
      lock.setUnfinished(undefined);
      return Promise.resolve(lock.unfinished);
    });
    expect(found).toBe('to do');
    expect(await withStoreLock(store, options(), (lock) => Promise.resolve(lock.unfinished))).toBeUndefined();
  });

  test('also when it was killed while it gave the lock up', async () => {
    const store = path.join(scratchFolder(), 'sessions.json');
    await killHolder(store, 'hold');
    fs.rmSync(`${store}.lock/unfinished.json`);
    expect(await withStoreLock(store, options(), () => Promise.resolve('had'))).toBe('had');
    fs.mkdirSync(`${store}.lock`);
    expect(await withStoreLock(store, options(), () => Promise.resolve('had'))).toBe('had');
  });

  test('a process with its id that is another one does not count as it', async () => {
    const store = path.join(scratchFolder(), 'sessions.json');
    await killHolder(store, 'hold');
    const [name = ''] = fs.readdirSync(`${store}.lock`).filter((each) => each.startsWith('holder.'));
    // The test's own process: alive, but started at another time.
    const recycled = name.replace(/^holder\.\d+\.\d*\./, `holder.${process.pid}.1.`);
    fs.renameSync(path.join(`${store}.lock`, name), path.join(`${store}.lock`, recycled));
    const taken = withStoreLock(store, options(), () => Promise.resolve('had'));
    if (fs.existsSync('/proc/self/stat')) expect(await taken).toBe('had');
    else expect((await failureOf(taken)).code).toBe('STORE_LOCKED');
  });

  test('in another container or on another machine it is given a minute since its last sign of life', async () => {
    const store = path.join(scratchFolder(), 'sessions.json');
    fs.mkdirSync(`${store}.lock`);
    fs.writeFileSync(`${store}.lock/holder.1.5.0123456789abcdef.00000000-0000-4000-8000-000000000000`, '');
    const refused = await failureOf(withStoreLock(store, options(), nothing));
    expect(refused.message).toContain('in another container or on another machine');
    fs.utimesSync(`${store}.lock`, Date.now() / 1000 - 61, Date.now() / 1000 - 61);
    expect(await withStoreLock(store, options(), () => Promise.resolve('had'))).toBe('had');
  });
});

test('a folder that may not be written gives a plain failure', async () => {
  const store = path.join(scratchFolder(), 'no-folder', 'sessions.json');
  fs.writeFileSync(path.dirname(store), 'a file in its place');
  expect((await failureOf(withStoreLock(store, options(), nothing))).code).toBe('FILE_FAILED');
});
