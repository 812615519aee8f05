import { ByteBuffer } from '../../core/byte-buffer.ts';
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

/** All rows, in one pass that takes along what a listing shows, as bytes: each is parsed when it is its turn. */
function allRows(path: string, file: OpenStoreFile, query: RowQuery, chunkBytes: number): Selected<StoredRow> {
  const fields = new KeptFields();
  const updatedAt: unknown[] = [];
  const entries = scanEntries(path, file, { wanted: listedFields, chunkBytes }, (member) => {
    updatedAt.push(member.field('updatedAt'));
    return fields.keep(member);
  });
  const selection = createSelection<StoredRow>(query);
  for (const [key, index] of entries) selection.offer(updatedAt[index], new KeptRow(key, fields, index));
  return selection.result();
}

class KeptRow implements StoredRow {
  readonly key: string;
  readonly #fields: KeptFields;
  readonly #index: number;

  constructor(key: string, fields: KeptFields, index: number) {
    this.key = key;
    this.#fields = fields;
    this.#index = index;
  }

  get entry(): unknown {
    return this.#fields.parse(this.#index);
  }
}

/**
 * The fields of many entries, as bytes in large blocks. As texts and objects of their own, the garbage collector would
 * carry each of them about while the file is still being read.
 */
class KeptFields {
  readonly #blocks: ByteBuffer[] = [];
  /** Block, beginning and end of each, one after another. */
  readonly #places: number[] = [];

  /** Returns its number: how many were kept before it. */
  keep(member: CurrentMember): number {
    let block = this.#blocks.at(-1);
    if (block === undefined || block.length > fullBlockBytes) {
      block = new ByteBuffer(blockBytes);
      this.#blocks.push(block);
    }
    const from = block.length;
    member.copyFields(block);
    return this.#places.push(this.#blocks.length - 1, from, block.length) / 3 - 1;
  }

  /** An entry that is no object has nothing that a listing shows. */
  parse(index: number): unknown {
    const block = this.#blocks[this.#places[index * 3] ?? 0];
    const from = this.#places[index * 3 + 1] ?? 0;
    const end = this.#places[index * 3 + 2] ?? 0;
    return block === undefined || from === end ? null : (JSON.parse(block.text(from, end)) as unknown);
  }
}

const blockBytes = 1024 * 1024;
/** Nearly all fields of an entry fit into what is left then; for others the block grows. */
const fullBlockBytes = blockBytes - 4096;

/** The fields that a listing shows: the rest of an entry is a hundred times as much. */
function listed(entry: unknown): unknown {
  if (!isJsonObject(entry)) return entry;
  return Object.fromEntries(
    listedFields.filter((name) => Object.hasOwn(entry, name)).map((name) => [name, entry[name]]),
  );
}
