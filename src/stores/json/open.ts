import fs from 'node:fs';
import { SessionsError } from '../../errors.ts';
import { describeOwnership } from '../../files/ownership.ts';

/** An open store file: one descriptor, so that a store replaced meanwhile is still read whole. */
export interface OpenStoreFile {
  readonly fd: number;
  readonly stat: fs.Stats;
}

/** How a store is read. Only tests force either way. */
export interface JsonReadOptions {
  /** From this size on a store is scanned instead of parsed: below it parsing is faster, above it memory counts. */
  readonly scanFromBytes: number;
  /** Bytes a scan takes at once. */
  readonly chunkBytes: number;
}

export const defaultReadOptions: JsonReadOptions = { scanFromBytes: 16 * 1024 * 1024, chunkBytes: 1024 * 1024 };

/** The default, unless `SESSIONS_SCAN_FROM_BYTES` says otherwise: tests run the whole program either way by it. */
export function readOptionsOf(env: Readonly<Record<string, string | undefined>>): JsonReadOptions {
  const scanFromBytes = Number(env['SESSIONS_SCAN_FROM_BYTES'] ?? defaultReadOptions.scanFromBytes);
  return { ...defaultReadOptions, scanFromBytes };
}

/**
 * Opens a `sessions.json` for `work` and closes it afterwards; undefined when there is none. Never waits, never writes.
 *
 * @throws SessionsError STORE_UNREADABLE (no permission, a folder, no regular file, a disk error); whatever `work` throws
 */
export function withStoreFile<T>(path: string, work: (file: OpenStoreFile) => T): T | undefined {
  using file = openStoreFile(path);
  if (file === undefined) return undefined;
  try {
    return work(file);
  } catch (error) {
    throw error instanceof SessionsError ? error : unreadable(path, error);
  }
}

/** The same, open until it is disposed of. */
export function openStoreFile(path: string): (OpenStoreFile & Disposable) | undefined {
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
    let isOpen = true;
    return {
      fd,
      stat,
      [Symbol.dispose]: () => {
        if (isOpen) fs.closeSync(fd);
        isOpen = false;
      },
    };
  } catch (error) {
    fs.closeSync(fd);
    throw error instanceof SessionsError ? error : unreadable(path, error);
  }
}

/** A store that was written in place while it was read is read again, a few times. */
export function withoutHaste<T>(read: () => T): T {
  for (let attempt = 1; ; attempt++) {
    try {
      return read();
    } catch (error) {
      if (attempt === 3 || !(error instanceof SessionsError) || error.code !== 'STORE_BUSY') throw error;
    }
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

export function unreadable(path: string, cause: unknown): SessionsError {
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
