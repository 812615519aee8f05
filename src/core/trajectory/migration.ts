import { isJsonObject } from '../json.ts';
import type { TranscriptEntry } from '../transcript/entry.ts';

/** The newest version of the transcript format. */
const currentVersion = 3;

/** What has to be known of a row to link the rows of an old file. */
export interface MigratableRow {
  readonly isHeader: boolean;
  /** Its id, when it has a string for one. */
  readonly id: string | undefined;
}

/** New ids and parents of a row. */
export interface NewLinks {
  readonly id: string;
  readonly parentId: string | null;
}

/**
 * Files of before version 2 have no ids: each row gets one (`legacy-0` and on, a row that has an id keeps it) and the row
 * before it as its parent, whatever it had. In memory only (OpenClaw 2026.5.12).
 *
 * @param rows every row of the file, the header included; the result has undefined in its place
 */
export function linkLegacyRows(rows: readonly MigratableRow[]): readonly (NewLinks | undefined)[] {
  let count = 0;
  let parentId: string | null = null;
  return rows.map((row) => {
    if (row.isHeader) return undefined;
    const links: NewLinks = { id: row.id ?? `legacy-${count++}`, parentId };
    parentId = links.id;
    return links;
  });
}

/** The version a header names; a file without a header, or without a version, is of version 1. */
export function transcriptVersion(header: TranscriptEntry | undefined): number {
  const version = header?.['version'] ?? 1;
  // As the reference compares it: '2' is 2.
  return typeof version === 'number' || typeof version === 'string' ? Number(version) : currentVersion;
}

export function migrateHeader(header: TranscriptEntry, version: number): TranscriptEntry {
  return version < currentVersion ? { ...header, version: currentVersion } : header;
}

/**
 * A row as version 3 has it; new keys come last.
 *
 * @param links of the row, when the file is of before version 2
 * @param idAt id of the row at an index of the file (the header counted), undefined for a header
 */
export function migrateEntry(
  entry: TranscriptEntry,
  version: number,
  links: NewLinks | undefined,
  idAt: (index: number) => string | undefined,
): TranscriptEntry {
  let result = entry;
  if (links !== undefined) {
    result = { ...result, id: links.id, parentId: links.parentId };
    const { firstKeptEntryIndex, ...rest } = result;
    if (result.type === 'compaction' && typeof firstKeptEntryIndex === 'number') {
      const firstKeptEntryId = idAt(firstKeptEntryIndex);
      result = { ...rest, type: 'compaction', ...(firstKeptEntryId === undefined ? {} : { firstKeptEntryId }) };
    }
  }
  const { message } = result;
  if (
    version < currentVersion &&
    result.type === 'message' &&
    isJsonObject(message) &&
    message['role'] === 'hookMessage'
  ) {
    result = { ...result, message: { ...message, role: 'custom' } };
  }
  return result;
}
