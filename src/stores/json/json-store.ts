import { selectNewest } from '../../core/list/select.ts';
import type { JsonObject } from '../../core/json.ts';
import type { RowSet, SessionStore, StoredRow } from '../types.ts';
import { readJsonStore } from './read.ts';

/** A `sessions.json` store: session key -> entry, the format up to OpenClaw 2026.7.x. */
export function createJsonStore(path: string): SessionStore {
  return {
    kind: 'json',
    list(query): Promise<RowSet> {
      const file = readJsonStore(path);
      const rows = file.state === 'absent' ? [] : rowsOf(file.entries);
      const { total, newest } = selectNewest(rows, query);
      return Promise.resolve({
        kind: 'json',
        exists: file.state === 'present',
        path,
        total,
        rows: newest,
        badRows: [],
      });
    },
    find(key): Promise<StoredRow | undefined> {
      const file = readJsonStore(path);
      return Promise.resolve(file.state === 'absent' ? undefined : findRow(file.entries, key));
    },
  };
}

function rowsOf(entries: JsonObject): StoredRow[] {
  return Object.keys(entries).map((key) => ({ key, entry: entries[key] }));
}

function findRow(entries: JsonObject, key: string): StoredRow | undefined {
  if (Object.hasOwn(entries, key)) return { key, entry: entries[key] };
  const folded = key.toLowerCase();
  const found = Object.keys(entries).findLast((each) => each.toLowerCase() === folded);
  return found === undefined ? undefined : { key: found, entry: entries[found] };
}
