import { activeBranch, type BranchLink } from '../transcript/branch.ts';
import { parseTranscriptRow, type TranscriptEntry } from '../transcript/entry.ts';
import type { LineSource } from '../transcript/lines.ts';
import { linkLegacyRows, type MigratableRow, migrateEntry, migrateHeader, transcriptVersion } from './migration.ts';
import { countTranscriptEvents, eventTime } from './transcript-events.ts';
import { rowWarning, type Warnings } from './warnings.ts';

/** An entry on the active branch, without its content. */
export interface BranchEntry extends IndexedRow, BranchLink {
  readonly id: string;
  readonly ts: string;
}

/** What is kept of a row. */
interface IndexedRow extends MigratableRow {
  /** Its line in the transcript. */
  readonly line: number;
  readonly parentId: unknown;
  /** ISO, of its events; undefined when it has no timestamp: then it is on no branch. */
  readonly ts: string | undefined;
  /** How many events it gives. */
  readonly eventCount: number;
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
  const linked = version < 2 ? linkLegacyRows(rows) : rows;
  const branch = activeBranch(linked.filter(canBeOnBranch));
  const first = branch.entries[0];
  if (first !== undefined && branch.end !== 'root') {
    warnings.add(branch.end === 'cycle' ? 'cyclic-session-branch' : 'incomplete-session-branch', first.line);
  }
  return {
    header: header === undefined ? null : migrateHeader(header, version),
    leafId: branch.entries.at(-1)?.id ?? null,
    branch: branch.entries,
    async readEntry(row) {
      const parsed = parseTranscriptRow(await source.line(row.line));
      const entry = 'row' in parsed ? migrateEntry(parsed.row, version, row.links) : undefined;
      if (entry?.['id'] !== row.id) throw new Error(`line ${row.line} of the transcript changed while it was read`);
      return entry;
    },
  };
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
    if (parsed.row.type === 'session') header ??= parsed.row;
    rows.push(indexRow(parsed.row, number, rows.at(-1)));
  }
  return { rows, header };
}

function indexRow(entry: TranscriptEntry, line: number, before: IndexedRow | undefined): IndexedRow {
  const { id, timestamp } = entry;
  return {
    line,
    isHeader: entry.type === 'session',
    id: typeof id === 'string' ? id : undefined,
    parentId: smallParent(entry['parentId'], before),
    ts: typeof timestamp === 'string' || typeof timestamp === 'number' ? eventTime(timestamp) : undefined,
    eventCount: countTranscriptEvents(entry),
  };
}

/** Hundreds of thousands of these are kept: one string for an id and the link to it, and no object for what is no link. */
function smallParent(parentId: unknown, before: IndexedRow | undefined): unknown {
  if (parentId === before?.id) return before?.id;
  return typeof parentId === 'object' && parentId !== null ? {} : parentId;
}

function canBeOnBranch(row: IndexedRow): row is BranchEntry {
  return !row.isHeader && row.id !== undefined && row.ts !== undefined;
}
