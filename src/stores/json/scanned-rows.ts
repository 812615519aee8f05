import { listedFields } from '../../core/list/row.ts';
import { selectNewest } from '../../core/list/select.ts';
import type { StoredRow } from '../types.ts';
import type { OpenStoreFile } from './open.ts';
import type { JsonStoreRows } from './rows.ts';
import { readEntry, scanStore, type ScannedEntries } from './scan.ts';

/** Rows of a store that is too large to be parsed whole. */
export function scannedRows(path: string, file: OpenStoreFile, chunkBytes: number): JsonStoreRows {
  const scan = (wanted: readonly string[]): ScannedEntries => scanStore(path, file, new Set(wanted), chunkBytes);
  let places: ScannedEntries | undefined;
  const entries = (): ScannedEntries => (places ??= scan([]));
  return {
    has: (key) => entries().has(key),
    keys: () => [...entries().keys()],
    entry: (key) => {
      const place = entries().get(key);
      return place === undefined ? undefined : readEntry(file, place);
    },
    list(query) {
      // Few rows: choose by time, then parse those alone. All rows: one pass that takes along what a listing shows.
      const places = scan(query.limit === null ? listedFields : ['updatedAt']);
      const rows = Array.from(places, ([key, place]): StoredRow => ({ key, entry: fieldsOf(place.fields) }));
      const { total, newest } = selectNewest(rows, query);
      if (query.limit === null) return { total, newest };
      const parsed = newest.map(({ key }) => {
        const place = places.get(key);
        return { key, entry: place === undefined ? undefined : readEntry(file, place) };
      });
      return { total, newest: parsed };
    },
  };
}

/** What was captured of an entry; an entry that is no object has nothing that a listing shows. */
function fieldsOf(fields: string | undefined): unknown {
  return fields === undefined ? null : JSON.parse(fields);
}
