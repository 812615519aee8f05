import fs from 'node:fs';
import path from 'node:path';
import {
  type LookUp,
  resolveTranscriptPath,
  type SessionsFolder,
  type TranscriptFields,
} from '../core/transcript-path.ts';

/**
 * The path of one entry's transcript, looked up on the disk (rules: core/transcript-path.ts); it need not exist.
 *
 * @param storePath the store file, absolute
 * @param stateDir the state folder, absolute
 * @returns undefined when the entry names no file that may be used and its session id may not name one
 */
export function findTranscriptPath(entry: TranscriptFields, storePath: string, stateDir: string): string | undefined {
  return resolveTranscriptPath(entry, sessionsFolderOf(storePath, stateDir), realPath);
}

/** The folder whose transcripts a store owns. */
export function sessionsFolderOf(storePath: string, stateDir: string): SessionsFolder {
  const dir = path.dirname(path.resolve(storePath));
  return { dir: realPath(dir) ?? dir, stateDir };
}

/** What a path really is, all links resolved; undefined when nothing is there or it cannot be looked at. */
export const realPath: LookUp = (file) => {
  try {
    return fs.realpathSync.native(file);
  } catch {
    return undefined;
  }
};
