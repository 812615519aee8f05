import fs from 'node:fs';

/** True for errors that say that nothing can be there. */
export function isAbsence(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes(code ?? '');
}

/**
 * False when there is surely nothing. What may not be looked at is there until the contrary is known: whoever reads it
 * will say why that fails, while `existsSync` would call it absent.
 */
export function mayExist(file: string): boolean {
  try {
    return fs.statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return !isAbsence(error);
  }
}
