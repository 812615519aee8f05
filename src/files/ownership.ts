import fs from 'node:fs';
import path from 'node:path';

/** Owner and mode of a file that may not be read, and who may: ` (owner uid 0, mode 0600; run as that user)`. */
export function describeOwnership(file: string): string {
  try {
    return ` (${ownerAndMode(fs.statSync(file))}; run as that user)`;
  } catch {
    return ' (a folder above it may not be entered)';
  }
}

/**
 * Why nothing can be made at this path: the folder it would be in, or the nearest one above that exists, and what is in the
 * way. Undefined when that folder takes files: then the reason is another one. To be asked after ENOENT too, as Node
 * gives it for a recursive mkdir on a file system that is read-only.
 */
export function describeUnwritable(file: string): string | undefined {
  const folder = nearestFolder(path.dirname(file));
  try {
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EROFS') return `${folder} is on a read-only file system`;
    return code === 'EACCES' || code === 'EPERM' ? `${folder} may not be written${describeOwner(folder)}` : undefined;
  }
}

function nearestFolder(dir: string): string {
  const parent = path.dirname(dir);
  return parent === dir || fs.existsSync(dir) ? dir : nearestFolder(parent);
}

function describeOwner(folder: string): string {
  const stat = fs.statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return '';
  // Root may write whatever the mode.
  const who = stat.uid !== 0 && (stat.mode & 0o200) === 0 ? 'not even by that user' : 'run as that user';
  return ` (${ownerAndMode(stat)}; ${who})`;
}

const ownerAndMode = ({ uid, mode }: fs.Stats): string =>
  `owner uid ${uid}, mode ${(mode & 0o777).toString(8).padStart(4, '0')}`;
