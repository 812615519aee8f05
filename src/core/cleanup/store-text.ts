/** A row as it is written. */
export interface WrittenRow {
  readonly key: string;
  /** Normalised (core/entry.ts). */
  readonly entry: unknown;
}

/**
 * The text of a store as OpenClaw 2026.5.12 writes it (two spaces, no line end after it), in pieces of about a million
 * characters: together `JSON.stringify` of an object with these rows, without ever holding it.
 *
 * @param rows in the order of the keys of an object: whole numbers first, ascending; no key twice
 */
export function* storeBlocks(rows: Iterable<WrittenRow>): Generator<string> {
  let block = '{';
  let separator = '\n';
  for (const row of rows) {
    block += separator + rowText(row);
    separator = ',\n';
    if (block.length >= blockLength) {
      yield block;
      block = '';
    }
  }
  yield separator === '\n' ? '{}' : `${block}\n}`;
}

/** What a row adds to the text, in bytes: its own lines, and two for a comma and a line end. */
export function rowBytes(row: WrittenRow): number {
  return Buffer.byteLength(rowText(row)) + 2;
}

const blockLength = 1024 * 1024;

/** The lines of a row, indented as in the store. A computed key is data, `__proto__` too. */
function rowText({ key, entry }: WrittenRow): string {
  return JSON.stringify({ [key]: entry }, null, 2).slice('{\n'.length, -'\n}'.length);
}
