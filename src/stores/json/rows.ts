import type { RowQuery, StoredRow } from '../types.ts';

/** The rows of an open store, however it is read. */
export interface JsonStoreRows {
  has(key: string): boolean;
  /** In store order. */
  keys(): readonly string[];
  entry(key: string): unknown;
  list(query: RowQuery): { readonly total: number; readonly newest: readonly StoredRow[] };
}
