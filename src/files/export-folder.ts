import fs from 'node:fs/promises';
import path from 'node:path';
import type { World } from '../world.ts';
import { isDead, nameHolder, parseHolder } from './holder.ts';
import { describeUnwritable } from './ownership.ts';

/** Where a bundle will be. */
export interface ExportTarget {
  /** The bundle's folder, absolute, as the user's workspace spells it. */
  readonly dir: string;
  /** The real path of the folder that all bundles of the workspace are in. */
  readonly realBase: string;
}

/**
 * Finds the folder for a bundle: below `<workspace>/.openclaw/trajectory-exports`, and nowhere else. Makes those two
 * folders when they are missing, also when the name is refused then (OpenClaw 2026.5.12).
 *
 * @param workspaceDir absolute; must exist, may be a link
 * @param output what the user asked for, relative to the exports folder; blank means the default name
 * @throws Error, worded as in OpenClaw 2026.5.12; errors of the file system as they are
 */
export async function resolveExportTarget(
  workspaceDir: string,
  output: string | undefined,
  defaultName: string,
): Promise<ExportTarget> {
  const realWorkspace = await fs.realpath(workspaceDir);
  const stateDir = path.join(workspaceDir, '.openclaw');
  await makeRealFolder(stateDir, 'OpenClaw state directory', realWorkspace);
  const base = path.join(stateDir, 'trajectory-exports');
  const realBase = await makeRealFolder(base, 'Trajectory exports directory', realWorkspace);

  const named = output?.trim() ?? '';
  const name = named === '' ? defaultName : named;
  if (path.isAbsolute(name) || name.startsWith('~')) {
    throw new Error('Output path must be relative to the workspace trajectory exports directory');
  }
  const dir = path.resolve(base, name);
  const relative = path.relative(base, dir);
  // As text: a name that begins with two dots is refused too.
  if (relative === '' || relative.startsWith('..')) {
    throw new Error('Output path must stay inside the workspace trajectory exports directory');
  }
  if (!isInside(realBase, await realAncestor(dir))) {
    throw new Error('Output path must stay inside the real trajectory exports directory');
  }
  return { dir, realBase };
}

/** Some of the text of a file in a bundle. */
export interface FilePiece {
  /** Its name. */
  readonly file: string;
  readonly text: string;
}

/** Writes files from their pieces, which may take turns; the first piece of a file makes it. Gives the sizes in bytes. */
export type WriteFiles = (
  pieces: AsyncIterable<FilePiece> | Iterable<FilePiece>,
) => Promise<ReadonlyMap<string, number>>;

/**
 * Writes a bundle: all or nothing. In order: makes the folders above it, sees that the bundle itself can be made and is
 * not there, lets `work` write into a folder beside it, and moves that into place as a whole. When anything fails, all of
 * it is taken away again, the folders above too; an interruption is such a failure. New folders are for their owner only,
 * and so are the files. What runs that were killed have left beside the bundle is removed.
 *
 * @throws what `work` throws; errors of the file system as they are: `EEXIST … mkdir` when the bundle exists, even empty
 */
export async function writeBundle(
  { dir, realBase }: ExportTarget,
  { interrupted, pid, isRunning }: Pick<World, 'interrupted' | 'pid' | 'isRunning'>,
  work: (write: WriteFiles) => Promise<void>,
): Promise<void> {
  const parent = path.dirname(dir);
  const firstMade = await fs.mkdir(parent, { recursive: true, mode: 0o700 });
  let unfinished: string | undefined;
  try {
    if (await isThere(dir)) await makeAndRemove(dir);
    await removeLeftOver(parent, isRunning);
    const own = path.join(parent, unfinishedPrefix + nameHolder(pid));
    try {
      await fs.mkdir(own, { mode: 0o700 });
    } catch (error) {
      await makeAndRemove(dir);
      throw error;
    }
    unfinished = own;
    // Nobody may have put a link in the way since the target was looked at.
    if (!isInside(realBase, await fs.realpath(unfinished))) {
      throw new Error('Output path must stay inside the real trajectory exports directory');
    }
    await fs.chmod(unfinished, 0o700);
    await work(filesWriter(unfinished, interrupted));
    interrupted.throwIfAborted();
    await fs.rename(unfinished, dir);
  } catch (error) {
    if (unfinished !== undefined) await fs.rm(unfinished, { recursive: true, force: true });
    if (firstMade !== undefined) await removeEmptyFolders(parent, firstMade);
    throw error;
  }
}

/** What to do about a folder that could not be made; undefined for every other failure of an export. */
export function describeRefusedFolder(error: unknown): string | undefined {
  const { code, syscall, path: folder } = error as NodeJS.ErrnoException;
  if (syscall !== 'mkdir' || folder === undefined) return undefined;
  if (code === 'EEXIST') return 'Choose another name with --output, or remove what is there.';
  const unwritable = describeUnwritable(folder);
  return unwritable === undefined ? undefined : `${unwritable}. Another place can be chosen with --workspace.`;
}

const unfinishedPrefix = '.unfinished-';

/** Of a run that cannot be looked at from here. No export takes so long, and each writes all the time. */
const silentMs = 24 * 60 * 60_000;

/** Removes the folders of runs that were killed. What cannot be removed stays for a later run. */
async function removeLeftOver(parent: string, isRunning: (pid: number) => boolean): Promise<void> {
  const names = await fs.readdir(parent).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(unfinishedPrefix))) {
    const holder = parseHolder(name.slice(unfinishedPrefix.length));
    const folder = path.join(parent, name);
    if (holder === undefined || !isDead(holder, await lastChange(folder), { silentMs, isRunning })) continue;
    await fs.rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Of a folder and the files in it, milliseconds since epoch; undefined when it is gone, or may not be looked at. */
async function lastChange(folder: string): Promise<number | undefined> {
  try {
    const names = await fs.readdir(folder);
    const stats = await Promise.all(['', ...names].map((name) => fs.lstat(path.join(folder, name))));
    return Math.max(...stats.map(({ mtimeMs }) => mtimeMs));
  } catch {
    return undefined;
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await fs.lstat(file);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

/** Makes the bundle's folder where that must fail: then it fails as it does for the reference, and in its words. */
async function makeAndRemove(dir: string): Promise<void> {
  await fs.mkdir(dir, { mode: 0o700 });
  await fs.rmdir(dir);
}

function filesWriter(folder: string, interrupted: AbortSignal): WriteFiles {
  return async (pieces) => {
    const files = new Map<string, OpenFile>();
    try {
      for await (const { file, text } of pieces) {
        interrupted.throwIfAborted();
        let open = files.get(file);
        if (open === undefined) {
          open = await makeFile(path.join(folder, file));
          files.set(file, open);
        }
        await open.add(text);
      }
      const sizes = new Map<string, number>();
      for (const [file, open] of files) sizes.set(file, await open.finish());
      return sizes;
    } finally {
      // Of files that were finished nothing is left to close; of the others the failure that is under way matters.
      await Promise.allSettled(Array.from(files.values(), (open) => open.close()));
    }
  };
}

interface OpenFile {
  add(text: string): Promise<void>;
  /** Writes what is left, waits for the disk and closes; the size in bytes. */
  finish(): Promise<number>;
  close(): Promise<void>;
}

async function makeFile(file: string): Promise<OpenFile> {
  const handle = await fs.open(file, 'wx', 0o600);
  // One for all: pages of a new buffer cost more than what is written into them.
  const block = Buffer.allocUnsafeSlow(blockBytes);
  let filled = 0;
  let bytes = 0;
  const write = async (buffer: Buffer): Promise<void> => {
    bytes += buffer.length;
    await handle.writeFile(buffer);
  };
  const flush = async (): Promise<void> => {
    await write(block.subarray(0, filled));
    filled = 0;
  };
  try {
    await handle.chmod(0o600);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    async add(text) {
      // A UTF-16 unit takes three bytes at most.
      const needed = text.length * 3;
      if (needed > block.length - filled) await flush();
      if (needed > block.length) await write(Buffer.from(text));
      else filled += block.write(text, filled);
    },
    async finish() {
      await flush();
      await handle.sync();
      await handle.close();
      return bytes;
    },
    close: () => handle.close(),
  };
}

/** Written at a time. */
const blockBytes = 512 * 1024;

/** Makes a folder for its owner only, unless something is there; that must be a real folder inside the workspace. */
async function makeRealFolder(dir: string, label: string, realWorkspace: string): Promise<string> {
  try {
    await fs.mkdir(dir, { mode: 0o700 });
    await fs.chmod(dir, 0o700);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (!(await fs.lstat(dir)).isDirectory()) {
    throw new Error(`${label} must be a real directory inside the workspace`);
  }
  const real = await fs.realpath(dir);
  if (!isInside(realWorkspace, real)) throw new Error('Trajectory exports directory must stay inside the workspace');
  return real;
}

/** The real path of a file, or of the nearest folder above it that exists. */
async function realAncestor(file: string): Promise<string> {
  try {
    await fs.stat(file);
  } catch {
    const parent = path.dirname(file);
    return parent === file ? file : realAncestor(parent);
  }
  return fs.realpath(file);
}

function isInside(dir: string, file: string): boolean {
  const relative = path.relative(dir, file);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}

/** Removes folders that this export has made, from the lowest up, as long as they are empty. */
async function removeEmptyFolders(lowest: string, highest: string): Promise<void> {
  for (let dir = lowest; dir.length >= highest.length; dir = path.dirname(dir)) {
    try {
      await fs.rmdir(dir);
    } catch {
      return;
    }
  }
}
