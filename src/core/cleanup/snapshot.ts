/**
 * What a cleanup knows when it decides: plain values, taken from the disk before and never looked up later. Files are
 * named by their path relative to the sessions folder, links resolved, `/` between names; a file outside the folder by
 * its absolute path.
 */
export interface CleanupSnapshot {
  /** Milliseconds since epoch; every age in the plan is counted from here. */
  readonly nowMs: number;
  readonly store: StoreFacts;
  /** In store order. */
  readonly rows: readonly CleanupRow[];
  /** Rows of other stores with the files they name in this folder; these stay whatever happens to our rows (V10). */
  readonly otherRows: readonly CleanupRow[];
  readonly folder: FolderFacts;
}

export interface StoreFacts {
  /** Names in the sessions folder that are a store, this one or another: never an artifact, whatever they look like (V20). */
  readonly names: readonly string[];
  /** A store that does not exist is created before artifacts are counted. */
  readonly exists: boolean;
  /** Bytes of the store where it is a regular file in the sessions folder, else 0. */
  readonly bytesInFolder: number;
}

/** A stored entry with what the disk says about its files. */
export interface CleanupRow {
  readonly key: string;
  /** The stored entry, of any JSON type; of one in a large store only the fields that are looked at. */
  readonly entry: unknown;
  /** What the row adds to the store as it will be written (core/cleanup/store-text.ts); 0 without a disk budget. */
  readonly bytes: number;
  readonly files: RowFiles;
}

export interface RowFiles {
  /** Where the transcript is or would be, absolute; undefined when the entry may name none. */
  readonly path: string | undefined;
  /**
   * Something is there: links followed, a folder or an empty file too. `unknown` when it may not be looked at: then it
   * counts as there.
   */
  readonly exists: boolean | 'unknown';
  /** Transcript and sidecars, when `path` lies in the sessions folder: they stay as long as the row. Some need not exist. */
  readonly own: readonly string[];
  /** Copies of the transcript in the sessions folder; they stay as long as the row, and need not exist. */
  readonly copies: readonly string[];
  /** The process of OpenClaw that holds one of the row's transcripts right now. */
  readonly lock: LockHolder | undefined;
}

/** Who holds a transcript lock of the runtime. */
export interface LockHolder {
  /** The lock file, absolute. */
  readonly path: string;
  /** Undefined for a lock file that is being written. */
  readonly pid: number | undefined;
}

export interface FolderFacts {
  /** Regular files directly in the folder, the store included. */
  readonly files: ReadonlySet<string>;
  /** Files whose lock a live process of OpenClaw holds. */
  readonly locks: ReadonlyMap<string, LockHolder>;
  /** Size and time of the files that may have to be judged by them; the others were not looked at. */
  readonly facts: ReadonlyMap<string, FileFacts>;
  /** Existing transcripts in the folder of the rows that may go, by row; rows without any may be left out. */
  readonly archivable: ReadonlyMap<CleanupRow, readonly string[]>;
  /** Regular files in sub-folders that will receive archives: folder -> names. */
  readonly subfolders: ReadonlyMap<string, readonly string[]>;
  /** Trajectory sidecars that go with a row, by row: those that exist and may be deleted; rows without any may be left out. */
  readonly sidecars: ReadonlyMap<CleanupRow, readonly string[]>;
}

export interface FileFacts {
  readonly bytes: number;
  readonly mtimeMs: number;
}

/** The fields of an entry that planning a cleanup looks at: a reader that skips the rest gives the same plan. */
export const plannedFields = [
  'sessionId',
  'sessionFile',
  'updatedAt',
  'chatType',
  'origin',
  'compactionCheckpoints',
] as const;
