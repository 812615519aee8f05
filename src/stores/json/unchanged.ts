import fs from 'node:fs';
import type { JsonStoreFile } from './read.ts';

/** A time stamp proves nothing until the clock has gone past it; coarse file systems count in two seconds. */
const racyMs = 2000;

/**
 * True while the store is the very file that was read, and has its text where times alone do not prove that
 * (docs/decisions/0022-compare-before-rename.md).
 *
 * @param storeFile real path
 * @param readAtMs when it was read, or shortly before
 */
export function isUnchanged(storeFile: string, file: JsonStoreFile, readAtMs: number): boolean {
  const isRacy = file.state === 'present' && readAtMs - file.stat.mtimeMs < racyMs;
  return (!isRacy || hasText(storeFile, file.text)) && isInPlace(storeFile, file);
}

/** True while the path leads to the very file that was read, untouched as far as its times tell. One system call. */
export function isInPlace(storeFile: string, file: JsonStoreFile): boolean {
  const now = fs.statSync(storeFile, { throwIfNoEntry: false });
  if (file.state === 'absent' || now === undefined) return file.state === 'absent' && now === undefined;
  const { stat } = file;
  return (
    now.ino === stat.ino &&
    now.dev === stat.dev &&
    now.size === stat.size &&
    now.mtimeMs === stat.mtimeMs &&
    now.ctimeMs === stat.ctimeMs
  );
}

function hasText(storeFile: string, text: string): boolean {
  try {
    return fs.readFileSync(storeFile, 'utf8') === text;
  } catch {
    return false;
  }
}
