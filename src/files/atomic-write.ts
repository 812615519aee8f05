import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export interface ReplaceOptions {
  /** Asked when all is written: false leaves everything as it was. May take its time. */
  readonly isUnchanged: () => boolean;
  /** Asked immediately before the rename: one system call, or what another program writes meanwhile may be lost. */
  readonly isStillInPlace: () => boolean;
}

/**
 * Replaces a file by a new text so that every reader, and a machine that loses power, sees the old text or the new.
 *
 * In order: temporary file beside it with the old file's mode and owner, write, fsync, the questions, rename, fsync of
 * the folder. A link is written through. On failure the temporary file is removed and the old one is as it was.
 *
 * @param file real path; it need not exist (mode 0600 then), its folder must
 * @param pieces the text; what they throw ends the work
 * @returns the new file; undefined when one of the questions said no
 * @throws the error of the file system
 */
export function replaceFile(file: string, pieces: Iterable<string>, options: ReplaceOptions): fs.Stats | undefined {
  const name = path.join(path.dirname(file), `${temporaryPrefix(file)}${randomUUID()}`);
  const draft = `${name}.draft${temporarySuffix}`;
  const temporary = `${name}${temporarySuffix}`;
  let isReplaced = false;
  try {
    const written = writeDurably(draft, pieces, fs.statSync(file, { throwIfNoEntry: false }));
    // A rehearsal of the rename that counts.
    fs.renameSync(draft, temporary);
    isReplaced = options.isUnchanged() && renameInto(file, temporary, options.isStillInPlace);
    if (isReplaced) syncFolder(path.dirname(file));
    return isReplaced ? written : undefined;
  } finally {
    if (!isReplaced) for (const left of [draft, temporary]) removeQuietly(left);
  }
}

/**
 * The last look and the rename, as close together as can be had (docs/decisions/0022-compare-before-rename.md). Three things
 * would tear them apart:
 *
 * - What a program does for the first time takes ten times as long: both calls have been made once before.
 * - The system puts us aside between the two. A program that has just slept has its whole share of time before it; and a
 *   look that took long is taken again.
 * - Another program's rename over the file is held up in the file system, in which the old file is still seen while
 *   nothing can stop the new one. Looking up a name that does not exist, and was not looked up before, has to read the
 *   folder, and waits until such a rename is through.
 */
function renameInto(file: string, temporary: string, isStillInPlace: () => boolean): boolean {
  if (!isStillInPlace()) return false;
  for (let look = 1; look <= maxLooks; look++) {
    pause(1);
    const beginMs = performance.now();
    fs.statSync(`${temporary}.${look}.none`, { throwIfNoEntry: false });
    if (!isStillInPlace()) return false;
    if (performance.now() - beginMs < promptMs) break;
  }
  fs.renameSync(temporary, file);
  return true;
}

/** On a slow disk every look takes long. */
const maxLooks = 10;
/** Several times what a look takes that nothing holds up. */
const promptMs = 0.15;

/** Sleeps, and nothing else runs meanwhile. */
export function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** What cannot be removed now is removed by a later run. */
export function removeQuietly(path: string): void {
  try {
    fs.rmSync(path, { recursive: true, force: true });
  } catch {
    // The failure before this one is the one to report.
  }
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

function writeDurably(file: string, pieces: Iterable<string>, old: fs.Stats | undefined): fs.Stats {
  const fd = fs.openSync(file, 'wx', 0o600);
  try {
    if (old !== undefined) keepOwner(fd, old);
    // After the owner: changing it may clear mode bits. Not by open(): the umask would cut it.
    fs.fchmodSync(fd, old === undefined ? 0o600 : old.mode & 0o777);
    writePieces(fd, pieces);
    fs.fsyncSync(fd);
    return fs.fstatSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Gathers what comes in small pieces, so that a large file takes few calls and little memory. */
function writePieces(fd: number, pieces: Iterable<string>): void {
  const buffer = Buffer.allocUnsafe(bufferBytes);
  let used = 0;
  const flush = (): void => {
    if (used > 0) fs.writeFileSync(fd, buffer.subarray(0, used));
    used = 0;
  };
  for (const piece of pieces) {
    // Three bytes at most for each UTF-16 unit.
    const mostBytes = piece.length * 3;
    if (used + mostBytes > bufferBytes) flush();
    if (mostBytes > bufferBytes) fs.writeFileSync(fd, piece);
    else used += buffer.write(piece, used);
  }
  flush();
}

const bufferBytes = 1024 * 1024;

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
