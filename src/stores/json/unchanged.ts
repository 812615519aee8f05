import fs from 'node:fs';
import { type HeldStore, racyMs } from './held-store.ts';

/**
 * True while the store is the very file that was read, and has its content where times alone do not prove that
 * (docs/decisions/0022-compare-before-rename.md).
 *
 * @param storeFile real path
 */
export function isUnchanged(storeFile: string, store: HeldStore): boolean {
  const isRacy = store.state === 'present' && store.readAtMs - store.stat.mtimeMs < racyMs;
  return (!isRacy || store.isContentOf(storeFile)) && isInPlace(storeFile, store);
}

/** True while the path leads to the very file that was read, untouched as far as its times tell. One system call. */
export function isInPlace(storeFile: string, store: HeldStore): boolean {
  const now = fs.statSync(storeFile, { throwIfNoEntry: false });
  if (store.state === 'absent' || now === undefined) return store.state === 'absent' && now === undefined;
  return isSame(now, store.stat) && now.ctimeMs === store.stat.ctimeMs;
}

/** True for two looks at one file that nobody has written in between; a rename alone changes neither. */
export function isSame(a: fs.Stats, b: fs.Stats): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeMs === b.mtimeMs;
}
