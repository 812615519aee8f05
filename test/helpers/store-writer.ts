// A program that keeps changing a store, as the runtime of OpenClaw does: read, change one row, write beside, rename.
// usage: store-writer.ts <store> <locked|free> <milliseconds> [pause in ms, default 20]; prints what it saw as JSON.
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { withStoreLock } from '../../src/files/store-lock.ts';

export interface WriterReport {
  /** Updates that were written. */
  readonly updates: number;
  /** Updates that were on the disk, and were gone when the writer looked again. */
  readonly lost: number;
  /** Times the store could not be parsed. */
  readonly torn: number;
}

const [store = '', kind = 'free', duration = '1000', pause = '20'] = process.argv.slice(2);
const writerKey = 'agent:main:writer';
const end = Date.now() + Number(duration);
const report = { updates: 0, lost: 0, torn: 0 };

while (Date.now() < end) {
  if (kind === 'locked') {
    await withStoreLock(
      store,
      {
        timeoutMs: 30_000,
        pid: process.pid,
        isRunning,
        interrupted: new AbortController().signal,
      },
      async () => {
        await sleep(0);
        update();
      },
    );
  } else {
    update();
  }
  await sleep(Number(pause));
}
check(read());
process.stdout.write(JSON.stringify(report));

function update(): void {
  const rows = read();
  if (rows === undefined) return;
  check(rows);
  report.updates++;
  rows[writerKey] = { sessionId: 'writer', updatedAt: Date.now(), update: report.updates };
  // Something for the cleanup to remove.
  rows[`agent:main:stale-${report.updates}`] = { sessionId: `stale-${report.updates}`, updatedAt: 1000 };
  const temporary = `${store}.writer.tmp`;
  fs.writeFileSync(temporary, JSON.stringify(rows, null, 2));
  fs.renameSync(temporary, store);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function check(rows: Record<string, { update?: number }> | undefined): void {
  const found = rows?.[writerKey]?.update ?? 0;
  if (rows !== undefined && found < report.updates) report.lost++;
}

function read(): Record<string, Record<string, unknown>> | undefined {
  try {
    return JSON.parse(fs.readFileSync(store, 'utf8')) as Record<string, Record<string, unknown>>;
  } catch {
    report.torn++;
    return undefined;
  }
}
