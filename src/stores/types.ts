/** Where one agent's sessions are kept. */
export interface StoreTarget {
  /** Normalised agent id that the rows without an agent in their key belong to. */
  readonly agentId: string;
  /** Absolute path of the store file: a JSON store, or a database when the user named one. */
  readonly path: string;
  /** True when the user named this file with `--store`: then it is read, whatever else lies there. */
  readonly isNamed?: boolean;
  /** Other agents whose JSON store is the same file; their databases are not. */
  readonly sharedBy?: readonly string[];
}

/** One stored session, untouched: the entry may be of any JSON type. */
export interface StoredRow {
  readonly key: string;
  readonly entry: unknown;
}

/** Which rows a listing wants. */
export interface RowQuery {
  /** Only rows whose `updatedAt` is a number at or after this time (ms since epoch). */
  readonly updatedSinceMs?: number;
  /** At most so many rows, the newest; null for all. */
  readonly limit: number | null;
}

/** The answer to a RowQuery. */
export interface RowSet {
  /**
   * The format of the store, which decides the shape of the rows in JSON: `json` rows are those of 2026.5.12, `sqlite`
   * rows those of 2026.9.6.
   */
  readonly kind: StoreKind;
  /** A missing store is no damage: it has no rows. */
  readonly exists: boolean;
  /** The file that was really read: differs from the target's path for a database found in place of a JSON store. */
  readonly path: string;
  /** Rows that pass the query, before its limit. */
  readonly total: number;
  /** Newest first (`updatedAt` descending, ties in store order), at most `limit`. */
  readonly rows: readonly StoredRow[];
  /** Rows that could not be read: each is named, the others are still listed. */
  readonly badRows: readonly BadRow[];
}

export interface BadRow {
  readonly key: string;
  readonly reason: string;
}

export type StoreKind = 'json' | 'sqlite';

/**
 * A kind of store. Reading never writes, locks or repairs; a store that is damaged or cannot be read throws
 * SessionsError (STORE_DAMAGED, STORE_UNREADABLE), and a missing one is empty.
 */
export interface SessionStore {
  readonly kind: StoreKind;
  /** The rows a listing shows. */
  list(query: RowQuery): Promise<RowSet>;
  /**
   * One row by its key: exact first, then without regard to case (the last such row in store order). Undefined when
   * there is none.
   */
  find(key: string): Promise<StoredRow | undefined>;
}
