/** A row as it is written. */
export interface WrittenRow {
  readonly key: string;
  /** Normalised (core/entry.ts). */
  readonly entry: unknown;
}

/**
 * The text of a store as OpenClaw 2026.5.12 writes it (two spaces, no line end after it), row by row: together
 * `JSON.stringify` of an object with these rows, without ever holding it.
 *
 * @param rows in the order of the keys of an object: whole numbers first, ascending; no key twice
 */
export function* storeText(rows: Iterable<WrittenRow>): Generator<string> {
  let isEmpty = true;
  for (const row of rows) {
    yield isEmpty ? '{\n' : ',\n';
    yield rowText(row);
    isEmpty = false;
  }
  yield isEmpty ? '{}' : '\n}';
}

/** What a row adds to the text, in bytes: its own lines, and two for a comma and a line end. */
export function rowBytes(row: WrittenRow): number {
  return Buffer.byteLength(rowText(row)) + 2;
}

/** The lines of a row, indented as in the store. A computed key is data, `__proto__` too. */
function rowText({ key, entry }: WrittenRow): string {
  return JSON.stringify({ [key]: entry }, null, 2).slice('{\n'.length, -'\n}'.length);
}
