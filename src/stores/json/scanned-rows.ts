import { isJsonObject } from '../../core/json.ts';
import type { CurrentMember, ScannedMember } from '../../core/json-scan.ts';
import { listedFields } from '../../core/list/row.ts';
import { createSelection, type Selected } from '../../core/list/select.ts';
import type { RowQuery, StoredRow } from '../types.ts';
import type { OpenStoreFile } from './open.ts';
import type { JsonStoreRows } from './rows.ts';
import { isIndexKey, readEntry, scanEntries, scanMembers, scanStore, type ScannedEntries } from './scan.ts';

/** Rows of a store that is too large to be parsed whole. */
export function scannedRows(path: string, file: OpenStoreFile, chunkBytes: number): JsonStoreRows {
  let places: ScannedEntries | undefined;
  const entries = (): ScannedEntries => (places ??= scanStore(path, file, { wanted: [], chunkBytes }));
  return {
    has: (key) => entries().has(key),
    keys: () => [...entries().keys()],
    entry: (key) => {
      const place = entries().get(key);
      return place === undefined ? undefined : readEntry(file, place);
    },
    list: (query) =>
      (query.limit === null ? undefined : chosenRows(path, file, query, chunkBytes)) ??
      allRows(path, file, query, chunkBytes),
  };
}

/**
 * The newest rows, in one pass that remembers of the others only their keys. Undefined when the order of the file is not
 * that of the store: a key that comes twice, or is a whole number.
 */
function chosenRows(
  path: string,
  file: OpenStoreFile,
  query: RowQuery,
  chunkBytes: number,
): Selected<StoredRow> | undefined {
  const selection = createSelection<Place>(query);
  const keys = new Set<string>();
  let members = 0;
  let indexKeys = 0;
  scanMembers(path, file, { wanted: ['updatedAt'], chunkBytes }, (member) => {
    const { key, start, end } = member;
    members++;
    if (isIndexKey(key)) indexKeys++;
    keys.add(key);
    selection.offer(member.field('updatedAt'), { key, start, end });
  });
  if (indexKeys > 0 || keys.size < members) return undefined;
  const { total, newest } = selection.result();
  return { total, newest: newest.map((place) => ({ key: place.key, entry: listed(readEntry(file, place)) })) };
}

type Place = Pick<ScannedMember, 'key' | 'start' | 'end'>;

/** All rows, in one pass that takes along what a listing shows, as text: each is parsed when it is its turn. */
function allRows(path: string, file: OpenStoreFile, query: RowQuery, chunkBytes: number): Selected<StoredRow> {
  const rows = scanEntries(path, file, { wanted: listedFields, chunkBytes }, (member) => new CapturedRow(member));
  const selection = createSelection<StoredRow>(query);
  for (const row of rows.values()) selection.offer(row.updatedAt, row);
  return selection.result();
}

class CapturedRow implements StoredRow {
  readonly key: string;
  readonly updatedAt: unknown;
  readonly #fields: string | undefined;

  constructor(member: CurrentMember) {
    this.key = member.key;
    this.updatedAt = member.field('updatedAt');
    this.#fields = member.fields;
  }

  /** An entry that is no object has nothing that a listing shows. */
  get entry(): unknown {
    return this.#fields === undefined ? null : (JSON.parse(this.#fields) as unknown);
  }
}

/** The fields that a listing shows: the rest of an entry is a hundred times as much. */
function listed(entry: unknown): unknown {
  if (!isJsonObject(entry)) return entry;
  return Object.fromEntries(
    listedFields.filter((name) => Object.hasOwn(entry, name)).map((name) => [name, entry[name]]),
  );
}
