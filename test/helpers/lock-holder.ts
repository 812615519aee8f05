// A program that takes the lock of a store and says so, then works under it.
// usage: lock-holder.ts <store> hold                 holds it until it is ended
//        lock-holder.ts <store> count <file> <times>  adds one to a number in a file, each time under the lock
//        lock-holder.ts <store> unfinished <text>     leaves word of unfinished work, then holds the lock
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type StoreLock, withStoreLock } from '../../src/files/store-lock.ts';

const [store = '', task = 'hold', argument = '', times = '1'] = process.argv.slice(2);
const interrupted = new AbortController();
process.on('SIGTERM', () => {
  interrupted.abort('SIGTERM');
});

if (task === 'count') for (let done = 0; done < Number(times); done++) await locked(count);
else await locked(hold);

function locked(work: (lock: StoreLock) => Promise<void>): Promise<void> {
  const options = { timeoutMs: 60_000, pid: process.pid, isRunning, interrupted: interrupted.signal };
  return withStoreLock(store, options, work);
}

async function count(): Promise<void> {
  const number = Number(fs.readFileSync(argument, 'utf8'));
  await sleep(1);
  fs.writeFileSync(argument, String(number + 1));
}

async function hold(lock: StoreLock): Promise<void> {
  if (task === 'unfinished') lock.setUnfinished(argument);
  process.stdout.write('locked\n');
  try {
    await sleep(600_000, undefined, { signal: interrupted.signal });
  } catch {
    // Asked to end.
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
