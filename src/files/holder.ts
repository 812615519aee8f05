import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import { isSameProcessRunning, type ProcessId, startTicksOf } from './processes.ts';

/** A run of this tool that holds something on the disk: the name of a file tells which, so that others see when it is dead. */
export interface Holder extends ProcessId {
  /** Which set of process ids the pid belongs to. */
  readonly place: string;
}

/** Part of a file name that tells its holder, and no other file has: `<pid>.<start>.<place>.<random>`. */
export function nameHolder(pid: number): string {
  return `${pid}.${startTicksOf(pid) ?? ''}.${thisPlace()}.${randomUUID()}`;
}

/** What `nameHolder` made; undefined for anything else. */
export function parseHolder(text: string): Holder | undefined {
  const [, pid, startTicks, place = ''] = /^(\d+)\.(\d*)\.([0-9a-f]+)\.[0-9a-f-]+$/.exec(text) ?? [];
  if (pid === undefined) return undefined;
  return { pid: Number(pid), startTicks: startTicks === '' ? undefined : Number(startTicks), place };
}

/** False when the holder ran in another container, on another machine, or before the last start of this one. */
export function isHere({ place }: Holder): boolean {
  return place === thisPlace();
}

/**
 * True when nobody holds it any more. Of a process that cannot be looked at from here, a long silence is the sign.
 *
 * @param lastSignMs when the holder last did something, milliseconds since epoch; undefined when it is gone altogether
 */
export function isDead(
  holder: Holder,
  lastSignMs: number | undefined,
  { silentMs, isRunning }: { readonly silentMs: number; readonly isRunning: (pid: number) => boolean },
): boolean {
  if (isHere(holder)) return !isSameProcessRunning(holder, isRunning);
  return lastSignMs !== undefined && Date.now() - lastSignMs > silentMs;
}

/** Process ids mean something within one machine, one boot and one container only. */
function thisPlace(): string {
  const facts = [
    os.hostname(),
    read(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    read(() => fs.readlinkSync('/proc/self/ns/pid')),
  ];
  return createHash('sha256').update(facts.join('\n')).digest('hex').slice(0, 16);
}

/** Empty where the system has no such file. */
function read(look: () => string): string {
  try {
    return look();
  } catch {
    return '';
  }
}
