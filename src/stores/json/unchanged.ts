import fs from 'node:fs';
import type { JsonStoreFile } from './read.ts';

/** A time stamp proves nothing until the clock has gone past it; coarse file systems count in two seconds. */
const racyMs = 2000;

/**
 * True while the store is the very file that was read (docs/decisions/0022-compare-before-rename.md). The last look is one
 * system call, so that nothing stands between it and the caller's rename.
 *
 * @param storeFile real path
 * @param readAtMs when it was read, or shortly before
 */
export function isStill(storeFile: string, file: JsonStoreFile, readAtMs: number): boolean {
  if (file.state === 'present' && readAtMs - file.stat.mtimeMs < racyMs && !hasText(storeFile, file.text)) return false;
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
