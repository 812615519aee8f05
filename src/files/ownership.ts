import fs from 'node:fs';

/** Owner and mode of a file that may not be read, and who may: ` (owner uid 0, mode 0600; run as that user)`. */
export function describeOwnership(path: string): string {
  try {
    const { uid, mode } = fs.statSync(path);
    return ` (owner uid ${uid}, mode ${(mode & 0o777).toString(8).padStart(4, '0')}; run as that user)`;
  } catch {
    return ' (a folder above it may not be entered)';
  }
}
