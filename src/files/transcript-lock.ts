import fs from 'node:fs';
import type { LockHolder } from '../core/cleanup/snapshot.ts';
import { isJsonObject } from '../core/json.ts';
import { isAbsence } from './absence.ts';
import { isSameProcessRunning } from './processes.ts';

/** What judging a lock needs to know. */
export interface LockClock {
  /** Milliseconds since epoch. */
  readonly nowMs: number;
  readonly isRunning: (pid: number) => boolean;
}

/** A lock older than this is nobody's: no run of OpenClaw 2026.5.12 holds one so long. */
const maxLockAgeMs = 30 * 60_000;
/** A lock file without a readable owner is being written, or was torn; so long it is given the benefit of the doubt. */
const unreadableLockMs = 5000;

/** The lock file that the runtime of OpenClaw puts beside a transcript it writes. */
export const transcriptLockPath = (transcript: string): string => `${transcript}.lock`;

/**
 * Who holds the lock of a transcript, judged as OpenClaw 2026.5.12 would judge it (docs/commands/cleanup.md, locks):
 * the owner runs, is the process that took it, and took it less than half an hour ago. Undefined when nobody does.
 *
 * Only read, never taken: a lock folder in its place would hang the runtime.
 */
export function readTranscriptLock(transcript: string, clock: LockClock): LockHolder | undefined {
  const path = transcriptLockPath(transcript);
  // Most transcripts have no lock, and opening what is not there costs ten times as much.
  if (isAbsent(path)) return undefined;
  let text: string;
  let mtimeMs: number;
  try {
    const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      const stat = fs.fstatSync(fd);
      if (!stat.isFile()) return undefined;
      mtimeMs = stat.mtimeMs;
      text = fs.readFileSync(fd, 'utf8');
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    // What cannot be read may be held.
    return isAbsence(error) ? undefined : { path, pid: undefined };
  }
  const owner = parseOwner(text);
  if (owner === undefined) return clock.nowMs - mtimeMs < unreadableLockMs ? { path, pid: undefined } : undefined;
  if (clock.nowMs - owner.createdAtMs > maxLockAgeMs) return undefined;
  return isSameProcessRunning(owner, clock.isRunning) ? { path, pid: owner.pid } : undefined;
}

function isAbsent(file: string): boolean {
  try {
    return fs.statSync(file, { throwIfNoEntry: false }) === undefined;
  } catch (error) {
    return isAbsence(error);
  }
}

function parseOwner(text: string): { pid: number; createdAtMs: number; startTicks: number | undefined } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { pid, createdAt, starttime } = value;
  const createdAtMs = typeof createdAt === 'string' ? Date.parse(createdAt) : NaN;
  if (typeof pid !== 'number' || Number.isNaN(createdAtMs)) return undefined;
  return { pid, createdAtMs, startTicks: typeof starttime === 'number' ? starttime : undefined };
}
