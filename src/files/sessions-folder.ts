import fs from 'node:fs';
import path from 'node:path';
import type { FileFacts } from '../core/cleanup/snapshot.ts';
import { isSidecarName, sidecarNames } from '../core/transcript-names.ts';
import { isInside, type SessionsFolder } from '../core/transcript-path.ts';
import { SessionsError } from '../errors.ts';
import { isAbsence } from './absence.ts';
import { realPath, sessionsFolderOf } from './transcript-path.ts';

/** A sessions folder, listed once; what the listing answers is not asked of the disk again. */
export interface ListedFolder extends SessionsFolder {
  /** Regular files directly in the folder. */
  readonly files: ReadonlySet<string>;
  /** Folders directly in the folder. */
  readonly folders: readonly string[];
  /** Of the sidecars of a transcript directly in the folder those that the listing has, by `relativeOfName`. */
  sidecarsOf(transcript: string): readonly string[];
  /** The path of a name in the folder. */
  pathOf(name: string): string;
  /** The name of a path directly in the folder, whatever is there. */
  nameOf(path: string): string | undefined;
  /** The real path of what is there, or what is known about its being there. */
  find(path: string): Found;
  /** The path relative to the folder with `/` between names, links resolved; undefined for a path outside. */
  relative(path: string): string | undefined;
  /** The same for a path directly in the folder, by its name. */
  relativeOfName(name: string): string | undefined;
  /** Size and time of a regular file, by its relative path; undefined for everything else. */
  factsOf(file: string): FileFacts | undefined;
  /** Regular files in a sub-folder. */
  filesIn(subfolder: string): readonly string[];
}

/** `unknown` when the path may not be looked at: never take that for absence. */
export type Found = { readonly state: 'there'; readonly real: string } | { readonly state: 'absent' | 'unknown' };

/**
 * Lists the folder of a store. A name that the listing calls a regular file needs no further look; every other path is
 * asked of the disk, since file systems may fold case, and links may lead anywhere.
 */
export function listSessionsFolder(storePath: string, stateDir: string): ListedFolder {
  const folder = sessionsFolderOf(storePath, stateDir);
  const { dir } = folder;
  const prefix = dir.endsWith(path.sep) ? dir : dir + path.sep;
  const findOnce = remember(findReal);
  const entries = readFolder(dir);
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const files = new Set(names);
  const others = new Map(entries.filter((entry) => !entry.isFile()).map((entry) => [entry.name, entry]));
  const links = new Map(
    [...others.values()]
      .filter((entry) => entry.isSymbolicLink())
      .map(({ name }) => [name, realPath(path.join(dir, name))]),
  );

  const hasSidecars = names.some(isSidecarName) || [...others.keys()].some(isSidecarName);

  // Texts are compared and not taken apart: there may be many.
  const nameOf = (file: string): string | undefined =>
    file.startsWith(prefix) && !file.includes(path.sep, prefix.length) ? file.slice(prefix.length) : undefined;
  const inDir = (real: string): string | undefined =>
    isInside(dir, real) ? real.slice(prefix.length).replaceAll(path.sep, '/') : undefined;
  const relativeOfName = (name: string): string | undefined => {
    if (links.has(name)) return inDir(links.get(name) ?? prefix + name);
    return name.startsWith('..') ? undefined : name;
  };

  return {
    ...folder,
    files,
    folders: [...others.values()].filter((entry) => entry.isDirectory()).map(({ name }) => name),
    sidecarsOf: (transcript) => {
      if (!hasSidecars) return none;
      const { trajectory, pointer } = sidecarNames(transcript);
      const listed = [trajectory, pointer].filter((name) => files.has(name) || others.has(name));
      return listed.map(relativeOfName).filter((name) => name !== undefined);
    },
    pathOf: (name) => prefix + name,
    nameOf,
    find: (file) => {
      const name = nameOf(file);
      if (name !== undefined) return files.has(name) ? { state: 'there', real: file } : findOnce(file);
      // A store that was moved names thousands of files in one folder that is not there.
      return findOnce(parentOf(file)).state === 'absent' ? { state: 'absent' } : findOnce(file);
    },
    relative: (file) => {
      const name = nameOf(file);
      if (name !== undefined) return relativeOfName(name);
      // Deeper down every folder on the way may be a link: the name alone says nothing about where a file lies.
      return inDir(inFolder(findOnce(parentOf(file)), file));
    },
    relativeOfName,
    factsOf: (file) => {
      const stat = lstat(prefix + file);
      return stat?.isFile() === true ? { bytes: stat.size, mtimeMs: stat.mtimeMs } : undefined;
    },
    filesIn: (subfolder) =>
      readFolder(path.join(dir, subfolder))
        .filter((entry) => entry.isFile())
        .map(({ name }) => name),
  };
}

const none: readonly string[] = [];

/** Much faster than `path.dirname`, for an absolute path. */
function parentOf(file: string): string {
  return file.slice(0, file.lastIndexOf(path.sep)) || path.sep;
}

function inFolder(parent: Found, file: string): string {
  return parent.state === 'there' ? path.join(parent.real, path.basename(file)) : file;
}

/** Asks once for each path. */
function remember(find: (path: string) => Found): (path: string) => Found {
  const known = new Map<string, Found>();
  return (file) => {
    const found = known.get(file) ?? find(file);
    known.set(file, found);
    return found;
  };
}

/**
 * The names in a folder; none when there is no such folder.
 *
 * @throws SessionsError STORE_UNREADABLE
 */
export function listNames(dir: string): readonly string[] {
  return readFolder(dir).map(({ name }) => name);
}

function readFolder(dir: string): fs.Dirent[] {
  try {
    return fs.readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw new SessionsError('STORE_UNREADABLE', `Sessions folder cannot be read: ${dir}: ${(error as Error).message}`, {
      hint: 'Nothing was changed.',
      details: { path: dir },
      cause: error,
    });
  }
}

function findReal(file: string): Found {
  try {
    // realpath throws where nothing is, which costs ten times as much.
    if (fs.statSync(file, { throwIfNoEntry: false }) === undefined) return { state: 'absent' };
    return { state: 'there', real: fs.realpathSync.native(file) };
  } catch (error) {
    return { state: isAbsence(error) ? 'absent' : 'unknown' };
  }
}

function lstat(file: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
