import fs from 'node:fs';
import { SessionsError } from '../../errors.ts';
import { describeOwnership } from '../../files/ownership.ts';

/** An open store file: one descriptor, so that a store replaced meanwhile is still read whole. */
export interface OpenStoreFile {
  readonly fd: number;
  readonly stat: fs.Stats;
}

/**
 * Opens a `sessions.json` for `work` and closes it afterwards; undefined when there is none. Never waits, never writes.
 *
 * @throws SessionsError STORE_UNREADABLE (no permission, a folder, no regular file, a disk error); whatever `work` throws
 */
export function withStoreFile<T>(path: string, work: (file: OpenStoreFile) => T): T | undefined {
  let fd: number;
  try {
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
  try {
    const stat = fs.fstatSync(fd);
    if (stat.isDirectory()) throw unreadable(path, 'it is a folder');
    if (!stat.isFile()) throw unreadable(path, 'it is not a regular file');
    return work({ fd, stat });
  } catch (error) {
    throw error instanceof SessionsError ? error : unreadable(path, error);
  } finally {
    fs.closeSync(fd);
  }
}

/** The failure of a store whose content is not what a store holds. */
export function damaged(
  path: string,
  reason: string,
  place: { readonly line?: number; readonly column?: number } = {},
): SessionsError {
  return new SessionsError('STORE_DAMAGED', `Session store is damaged: ${path}: ${reason}`, {
    hint: 'Nothing was changed. Restore the file from a backup, or move it away to start with an empty store.',
    details: { path, ...place },
  });
}

function unreadable(path: string, cause: unknown): SessionsError {
  const reason = typeof cause === 'string' ? cause : describe(path, cause);
  return new SessionsError('STORE_UNREADABLE', `Session store cannot be read: ${path}: ${reason}`, {
    hint: 'Nothing was changed.',
    details: { path },
    cause,
  });
}

function describe(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM' ? `permission denied${describeOwnership(path)}` : message;
}
