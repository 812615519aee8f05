import { activeBranch } from '../transcript/branch.ts';
import { parseTranscriptRow, type TranscriptEntry } from '../transcript/entry.ts';
import type { LineSource } from '../transcript/lines.ts';
import { linkLegacyRows, migrateEntry, migrateHeader, type NewLinks, transcriptVersion } from './migration.ts';
import { countTranscriptEvents, eventTime } from './transcript-events.ts';
import { rowWarning, type Warnings } from './warnings.ts';

/** An entry on the active branch, without its content. */
export interface BranchEntry {
  readonly id: string;
  readonly parentId: unknown;
  /** Its line in the transcript. */
  readonly line: number;
  /** ISO, of its events. */
  readonly ts: string;
  /** How many events it gives. */
  readonly eventCount: number;
  /** In a file of before version 2, where it has none. */
  readonly links: NewLinks | undefined;
}

/** What the first pass over a transcript leaves: everything but the content. */
export interface TranscriptIndex {
  readonly header: TranscriptEntry | null;
  readonly leafId: string | null;
  /** From the root to the leaf. */
  readonly branch: readonly BranchEntry[];
  /** The content of an entry on the branch, read again and brought to the newest version. */
  readEntry(entry: BranchEntry): Promise<TranscriptEntry>;
}

/** Reads a transcript once, finds the active branch, and remembers where its entries are. */
export async function indexTranscript(source: LineSource, warnings: Warnings): Promise<TranscriptIndex> {
  const { rows, header } = await readRows(source, warnings);
  const version = transcriptVersion(header);
  const links = version < 2 ? linkLegacyRows(rows) : [];
  const entries = rows.flatMap((row, index) => toBranchEntry(row, links[index]));
  const branch = activeBranch(entries);
  const first = branch.entries[0];
  if (first !== undefined && branch.end !== 'root') {
    warnings.add(branch.end === 'cycle' ? 'cyclic-session-branch' : 'incomplete-session-branch', first.line);
  }
  return {
    header: header === undefined ? null : migrateHeader(header, version),
    leafId: branch.entries.at(-1)?.id ?? null,
    branch: branch.entries,
    async readEntry({ line, id, links: own }) {
      const parsed = parseTranscriptRow(await source.line(line));
      if ('problem' in parsed) throw new Error(`line ${line} of the transcript changed while it was read`);
      const entry = migrateEntry(parsed.row, version, own, (index) => links[index]?.id);
      if (entry['id'] !== id) throw new Error(`line ${line} of the transcript changed while it was read`);
      return entry;
    },
  };
}

/** What is kept of a row; `ts` only when it has a timestamp, without one it is on no branch. */
interface IndexedRow {
  readonly line: number;
  readonly isHeader: boolean;
  readonly id: string | undefined;
  readonly parentId: unknown;
  readonly ts: string | undefined;
  readonly eventCount: number;
}

async function readRows(
  source: LineSource,
  warnings: Warnings,
): Promise<{ readonly rows: readonly IndexedRow[]; readonly header: TranscriptEntry | undefined }> {
  const rows: IndexedRow[] = [];
  let header: TranscriptEntry | undefined;
  for await (const { number, text } of source.lines()) {
    const parsed = parseTranscriptRow(text);
    if ('problem' in parsed) {
      warnings.add(rowWarning('session', parsed.problem), number);
      continue;
    }
    const entry = parsed.row;
    if (entry.type === 'session') header ??= entry;
    rows.push(indexRow(entry, number));
  }
  return { rows, header };
}

function indexRow(entry: TranscriptEntry, line: number): IndexedRow {
  const { id, parentId, timestamp } = entry;
  return {
    line,
    isHeader: entry.type === 'session',
    id: typeof id === 'string' ? id : undefined,
    // Only strings and null mean anything; an object must not be kept for its size.
    parentId: typeof parentId === 'object' && parentId !== null ? {} : parentId,
    ts: typeof timestamp === 'string' || typeof timestamp === 'number' ? eventTime(timestamp) : undefined,
    eventCount: countTranscriptEvents(entry),
  };
}

function toBranchEntry(row: IndexedRow, links: NewLinks | undefined): BranchEntry[] {
  const { id, parentId } = links ?? row;
  if (row.isHeader || id === undefined || row.ts === undefined) return [];
  return [{ id, parentId, line: row.line, ts: row.ts, eventCount: row.eventCount, links }];
}
