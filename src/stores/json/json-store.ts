import { selectNewest } from '../../core/list/select.ts';
import type { RowSet, SessionStore, StoredRow } from '../types.ts';
import { defaultReadOptions, type JsonReadOptions, type OpenStoreFile, withoutHaste, withStoreFile } from './open.ts';
import { readWhole } from './read.ts';
import type { JsonStoreRows } from './rows.ts';

/**
 * A `sessions.json` store: session key -> entry, the format up to OpenClaw 2026.7.x.
 */
export function createJsonStore(path: string, options: JsonReadOptions = defaultReadOptions): SessionStore {
  const read = <T>(work: (rows: JsonStoreRows) => T): Promise<T | undefined> => openRows(path, options, work);
  return {
    kind: 'json',
    async list(query): Promise<RowSet> {
      const found = await read((rows) => rows.list(query));
      const { total, newest } = found ?? { total: 0, newest: [] };
      return { kind: 'json', exists: found !== undefined, path, total, rows: newest, badRows: [] };
    },
    async find(key): Promise<StoredRow | undefined> {
      return read((rows) => {
        const exact = rows.has(key) ? key : findFolded(rows.keys(), key);
        return exact === undefined ? undefined : { key: exact, entry: rows.entry(exact) };
      });
    },
  };
}

async function openRows<T>(
  path: string,
  { scanFromBytes, chunkBytes }: JsonReadOptions,
  work: (rows: JsonStoreRows) => T,
): Promise<T | undefined> {
  // The scanner is loaded before the file is opened: between opening and closing nothing may wait.
  const size = withStoreFile(path, ({ stat }) => stat.size);
  if (size === undefined) return undefined;
  if (size < scanFromBytes) return withStoreFile(path, (file) => work(parsedRows(path, file)));
  const { scannedRows } = await import('./scanned-rows.ts');
  return withoutHaste(() => withStoreFile(path, (file) => work(scannedRows(path, file, chunkBytes))));
}

function parsedRows(path: string, file: OpenStoreFile): JsonStoreRows {
  const { entries } = readWhole(path, file);
  return {
    has: (key) => Object.hasOwn(entries, key),
    keys: () => Object.keys(entries),
    entry: (key) => entries[key],
    list: (query) =>
      selectNewest(
        Object.keys(entries).map((key) => ({ key, entry: entries[key] })),
        query,
      ),
  };
}

function findFolded(keys: readonly string[], key: string): string | undefined {
  const folded = key.toLowerCase();
  return keys.findLast((each) => each.toLowerCase() === folded);
}
