import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { startTicksOf } from '../../src/files/processes.ts';
import { readTranscriptLock } from '../../src/files/transcript-lock.ts';
import { scratchFolder } from '../helpers/scratch.ts';

const nowMs = Date.now();
const clock = { nowMs, isRunning: (pid: number) => pid === process.pid };

/** Who holds the transcript when its lock file has this content and age. */
function holderOf(content: unknown, ageMs = 0) {
  const transcript = path.join(scratchFolder(), 's.jsonl');
  const lock = `${transcript}.lock`;
  fs.writeFileSync(lock, typeof content === 'string' ? content : JSON.stringify(content, null, 2) + '\n');
  fs.utimesSync(lock, (nowMs - ageMs) / 1000, (nowMs - ageMs) / 1000);
  return readTranscriptLock(transcript, clock)?.pid ?? (readTranscriptLock(transcript, clock) && 'unknown');
}

const createdAt = new Date(nowMs - 1000).toISOString();
const starttime = startTicksOf(process.pid);

describe('a transcript is in use', () => {
  test('by a process that runs and took the lock lately', () => {
    expect(holderOf({ pid: process.pid, createdAt })).toBe(process.pid);
    expect(holderOf({ pid: process.pid, createdAt, maxHoldMs: 300_000, starttime })).toBe(process.pid);
  });

  test('while its lock file is being written, for five seconds', () => {
    expect(holderOf('')).toBe('unknown');
    expect(holderOf('{"pid": 1', 4000)).toBe('unknown');
    expect(holderOf('', 6000)).toBeUndefined();
  });
});

describe('a transcript is not in use', () => {
  test.each<[string, unknown]>([
    ['the process is gone', { pid: 999_999_999, createdAt }],
    ['the lock is half an hour old', { pid: process.pid, createdAt: new Date(nowMs - 31 * 60_000).toISOString() }],
    ['the process id is none', { pid: -1, createdAt }],
  ])('%s', (_why, content) => {
    expect(holderOf(content)).toBeUndefined();
  });

  test('the process has the id but started at another time', () => {
    // Only where the system tells when a process started.
    expect(holderOf({ pid: process.pid, createdAt, starttime: 1 })).toBe(
      starttime === undefined ? process.pid : undefined,
    );
  });

  test('there is no lock file, or something else in its place', () => {
    const transcript = path.join(scratchFolder(), 's.jsonl');
    expect(readTranscriptLock(transcript, clock)).toBeUndefined();
    fs.mkdirSync(`${transcript}.lock`);
    expect(readTranscriptLock(transcript, clock)).toBeUndefined();
  });
});
