import path from 'node:path';
import type { FileStep, UndoneStep } from '../../core/cleanup/steps.ts';
import { isJsonObject } from '../../core/json.ts';
import { classifyName, parseArchiveName } from '../../core/transcript-names.ts';
import { isInside } from '../../core/transcript-path.ts';
import type { StoreLock } from '../../files/store-lock.ts';

/**
 * The word that is left in the lock, durably, of what has to be done to the files of removed rows
 * (docs/decisions/0021-store-before-files.md).
 *
 * @param dir the sessions folder, its real path
 * @returns undefined when there is nothing to do
 */
export function wordOf(dir: string, steps: readonly FileStep[]): string | undefined {
  return steps.length === 0 ? undefined : JSON.stringify({ dir, steps });
}

/** Leaves word of what is still to do. Should that not get through, the next run will find that the rest is done. */
export function leaveWord(lock: StoreLock, dir: string, waiting: readonly UndoneStep[]): void {
  try {
    const steps = waiting.map(({ step }) => step);
    lock.setUnfinished(wordOf(dir, steps));
  } catch {
    // As said.
  }
}

/**
 * Takes the steps about files that wait for a later run out of a plan: no row names them any more, and a plan takes them
 * for files of no use.
 */
export function putAside(
  planned: readonly FileStep[],
  waiting: readonly UndoneStep[],
): { readonly steps: readonly FileStep[]; readonly put: readonly UndoneStep[] } {
  const reasons = new Map(waiting.map(({ step, reason }) => [step.file, reason]));
  const put = planned.flatMap((step) => {
    const reason = reasons.get(step.file);
    return reason === undefined ? [] : [{ step, reason }];
  });
  return { steps: planned.filter(({ file }) => !reasons.has(file)), put };
}

/** The steps in a word; none when it is torn, or about another folder. */
export function parseWord(text: string, dir: string): readonly FileStep[] {
  let word: unknown;
  try {
    word = JSON.parse(text);
  } catch {
    return [];
  }
  if (!isJsonObject(word) || word['dir'] !== dir || !Array.isArray(word['steps'])) return [];
  return (word['steps'] as readonly unknown[]).filter((step): step is FileStep => isRowFileStep(step, dir));
}

/**
 * True for a step that a plan can hold: a transcript in the folder gets its archive's name, a sidecar is deleted. The word
 * is a file that anybody who may write in the folder could have made. A trajectory outside the folder stays: nobody has
 * proved again whose it is.
 */
function isRowFileStep(step: unknown, dir: string): boolean {
  if (!isJsonObject(step)) return false;
  const { effect, file, archive, facts } = step;
  if (typeof file !== 'string' || !isInside(dir, path.resolve(dir, file))) return false;
  if (facts !== undefined && !isJsonObject(facts)) return false;
  if (effect === 'delete') return archive === undefined && classifyName(path.basename(file)) === 'sidecar';
  if (effect !== 'archive' || typeof archive !== 'string') return false;
  return path.dirname(archive) === path.dirname(file) && parseArchiveName(archive)?.reason === 'deleted';
}
