import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isInside } from '../core/transcript-path.ts';
import type { FileStep, UndoneReason, UndoneStep } from '../core/cleanup/steps.ts';
import { syncFolder } from './atomic-write.ts';
import { type LockClock, readTranscriptLock } from './transcript-lock.ts';

/** How far the work is. */
export interface StepProgress {
  readonly done: number;
  readonly of: number;
}

/**
 * Archives and deletes files as planned, one after another. Each is looked at once more: what has changed, vanished or
 * come into use since the plan was made is left. One failure does not stop the others.
 *
 * Archiving is a rename in place, and never over another file; deleting does not follow links.
 *
 * @param dir the sessions folder, its real path
 */
export async function performSteps(
  dir: string,
  steps: readonly FileStep[],
  clock: LockClock,
  onProgress: (progress: StepProgress) => void,
): Promise<readonly UndoneStep[]> {
  const undone: UndoneStep[] = [];
  const folders = new Set<string>();
  for (const [done, step] of steps.entries()) {
    if (done % progressEvery === 0) {
      onProgress({ done, of: steps.length });
      await nextTurn();
    }
    const reason = perform(dir, step, clock);
    if (reason === undefined) folders.add(path.dirname(path.join(dir, step.file)));
    else undone.push({ step, reason });
  }
  for (const folder of folders) syncFolder(folder);
  return undone;
}

/** Often enough for a spinner and for signals, seldom enough to cost nothing. */
const progressEvery = 200;

function perform(dir: string, step: FileStep, clock: LockClock): UndoneReason | undefined {
  const file = path.resolve(dir, step.file);
  try {
    const stat = fs.lstatSync(file, { throwIfNoEntry: false });
    if (stat === undefined) return { code: 'gone' };
    if (!stat.isFile()) return { code: 'changed' };
    if (!isWhereItSeems(dir, file))
      return { code: 'failed', message: 'a link leads out of the sessions folder', mayWorkLater: false };
    const { facts } = step;
    if (facts !== undefined && (stat.size !== facts.bytes || stat.mtimeMs !== facts.mtimeMs))
      return { code: 'changed' };
    const lock = readTranscriptLock(file, clock);
    if (lock !== undefined) return { code: 'in-use', pid: lock.pid };
    if (step.archive === undefined) {
      fs.unlinkSync(file);
      return undefined;
    }
    const archive = path.resolve(dir, step.archive);
    // The plan chose a free name; a step that a dead run left may have been done by it, and the file have come back.
    if (fs.lstatSync(archive, { throwIfNoEntry: false }) !== undefined) {
      const message = `there is a file of the archive's name already: ${step.archive}`;
      return { code: 'failed', message, mayWorkLater: false };
    }
    fs.renameSync(file, archive);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? { code: 'gone' } : { code: 'failed', message, mayWorkLater: true };
  }
}

/** A file inside the folder by its name must be there in fact too: no folder on the way may be a link that leads out. */
function isWhereItSeems(dir: string, file: string): boolean {
  const parent = path.dirname(file);
  if (parent === dir || !isInside(dir, file)) return true;
  const real = fs.realpathSync.native(parent);
  return real === dir || isInside(dir, real);
}
