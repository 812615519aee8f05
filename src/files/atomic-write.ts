import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export interface ReplaceOptions {
  /** Asked when all is ready, immediately before the rename: false leaves everything as it was. */
  readonly isUnchanged: () => boolean;
}

/**
 * Replaces a file by a new text so that every reader, and a machine that loses power, sees the old text or the new.
 *
 * In order: temporary file beside it with the old file's mode and owner, write, fsync, the question, rename, fsync of the
 * folder. A link is written through. On failure the temporary file is removed and the old one is as it was.
 *
 * @param file real path; it need not exist (mode 0600 then), its folder must
 * @returns false when `isUnchanged` said so
 * @throws the error of the file system
 */
export function replaceFile(file: string, text: string, { isUnchanged }: ReplaceOptions): boolean {
  const temporary = path.join(path.dirname(file), `${temporaryPrefix(file)}${randomUUID()}${temporarySuffix}`);
  try {
    writeDurably(temporary, text, fs.statSync(file, { throwIfNoEntry: false }));
    // Nothing may stand between these two: what another process writes in between is lost.
    const unchanged = isUnchanged();
    if (unchanged) fs.renameSync(temporary, file);
    else removeQuietly(temporary);
    if (unchanged) syncFolder(path.dirname(file));
    return unchanged;
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

/** What cannot be removed now is removed by a later run. */
export function removeQuietly(path: string): void {
  try {
    fs.rmSync(path, { recursive: true, force: true });
  } catch {
    // The failure before this one is the one to report.
  }
}

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

/**
 * True for a temporary file that a run which was killed has left beside this file. Under the file's lock, and only
 * there, none of them can be in use.
 */
export function isLeftOver(name: string, file: string): boolean {
  return name.startsWith(temporaryPrefix(file)) && name.endsWith(temporarySuffix);
}

/** Makes renames and removals in a folder last. Some systems cannot sync a folder: then there is nothing to do. */
export function syncFolder(dir: string): void {
  let fd: number | undefined;
  try {
    fd = fs.openSync(dir, 'r');
    fs.fsyncSync(fd);
  } catch {
    // Windows, some network file systems.
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

const temporarySuffix = '.tmp';

/** A name that no other program uses: OpenClaw's own begin with `.fs-safe-replace.` or the store's name. */
const temporaryPrefix = (file: string): string => `.openclaw-sessions.${path.basename(file)}.`;

function writeDurably(file: string, text: string, old: fs.Stats | undefined): void {
  const fd = fs.openSync(file, 'wx', 0o600);
  try {
    if (old !== undefined) keepOwner(fd, old);
    // After the owner: changing it may clear mode bits. Not by open(): the umask would cut it.
    fs.fchmodSync(fd, old === undefined ? 0o600 : old.mode & 0o777);
    fs.writeFileSync(fd, text);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Root must not take a user's store away. Who may not give files away is the owner anyway, or shares the folder. */
function keepOwner(fd: number, { uid, gid }: fs.Stats): void {
  const now = fs.fstatSync(fd);
  if (now.uid === uid && now.gid === gid) return;
  try {
    fs.fchownSync(fd, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}
