import fs from 'node:fs';
import path from 'node:path';

/** What a path names once its links are followed; the last of them may lead to a file that does not exist yet. */
export function followLinks(file: string): string {
  let current = file;
  // As many as the system itself follows.
  for (let depth = 0; depth < 40; depth++) {
    try {
      return fs.realpathSync.native(current);
    } catch {
      let target: string;
      try {
        target = fs.readlinkSync(current);
      } catch {
        return current;
      }
      current = path.resolve(path.dirname(current), target);
    }
  }
  return current;
}
