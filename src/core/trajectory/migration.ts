import { isJsonObject } from '../json.ts';
import type { TranscriptEntry } from '../transcript/entry.ts';

/** The newest version of the transcript format. */
const currentVersion = 3;

/** What has to be known of a row to link the rows of an old file. */
export interface MigratableRow {
  readonly isHeader: boolean;
  /** Its id, when it has a string for one. */
  readonly id: string | undefined;
  readonly parentId: unknown;
  /** In a file of before version 2. */
  readonly links?: NewLinks;
}

/** New id and parent of a row. */
export interface NewLinks {
  readonly id: string;
  readonly parentId: string | null;
  /**
   * The row at an index of the file (the header counted) and its id, as far as that is known when this row gets its own;
   * undefined for a header and outside the file.
   */
  rowAt(index: number): { readonly id: string | undefined } | undefined;
}

/**
 * Files of before version 2 have no ids: each row gets one (`legacy-0` and on, a row that has an id keeps it) and the row
 * before it as its parent, whatever it had. In memory only (OpenClaw 2026.5.12).
 *
 * @param rows every row of the file, the header included
 */
export function linkLegacyRows<T extends MigratableRow>(rows: readonly T[]): readonly T[] {
  let count = 0;
  let parentId: string | null = null;
  const ids: (string | undefined)[] = [];
  return rows.map((row, own) => {
    if (row.isHeader) return row;
    const id = row.id ?? `legacy-${count++}`;
    ids[own] = id;
    const links: NewLinks = {
      id,
      parentId,
      rowAt: (index) => {
        const target = rows[index];
        return target === undefined || target.isHeader ? undefined : { id: index <= own ? ids[index] : target.id };
      },
    };
    parentId = id;
    return { ...row, id, parentId: links.parentId, links };
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
 */
export function migrateEntry(entry: TranscriptEntry, version: number, links: NewLinks | undefined): TranscriptEntry {
  let result = entry;
  if (links !== undefined) {
    result = { ...result, id: links.id, parentId: links.parentId };
    const { firstKeptEntryIndex, ...rest } = result;
    if (result.type === 'compaction' && typeof firstKeptEntryIndex === 'number') {
      const kept = links.rowAt(firstKeptEntryIndex);
      result = { ...rest, type: 'compaction', ...(kept === undefined ? {} : { firstKeptEntryId: kept.id }) };
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
