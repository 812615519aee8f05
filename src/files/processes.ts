import fs from 'node:fs';

/** A process that a lock names; the start tells it from a later one with the same id. */
export interface ProcessId {
  readonly pid: number;
  /** Clock ticks since boot, Linux only (field 22 of `/proc/<pid>/stat`); undefined when unknown. */
  readonly startTicks: number | undefined;
}

/** True while that very process runs: not ended, no zombie, and not another one that was given its id since. */
export function isSameProcessRunning({ pid, startTicks }: ProcessId, isRunning: (pid: number) => boolean): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || !isRunning(pid)) return false;
  const now = processFacts(pid);
  if (now?.isZombie === true) return false;
  return startTicks === undefined || now === undefined || now.startTicks === startTicks;
}

/** The start of a running process; undefined where the system does not tell. */
export function startTicksOf(pid: number): number | undefined {
  return processFacts(pid)?.startTicks;
}

function processFacts(pid: number): { readonly isZombie: boolean; readonly startTicks: number } | undefined {
  let text: string;
  try {
    text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets and may hold anything; after it come fields 3 and up.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const startTicks = Number(fields[19]);
  return Number.isFinite(startTicks) ? { isZombie: fields[0] === 'Z', startTicks } : undefined;
}
