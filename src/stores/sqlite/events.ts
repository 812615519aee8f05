import type { DatabaseSync } from 'node:sqlite';
import zlib from 'node:zlib';
import type { LineSource, SourceLine } from '../../core/transcript/lines.ts';
import { SessionsError } from '../../errors.ts';
import { readSessions } from './sqlite-store.ts';

/** What a database holds of one session besides its row. */
export interface DatabaseSession {
  /** Empty when nothing was said yet. */
  readonly transcript: LineSource;
  /** Undefined when there is no runtime trajectory; a migration does not bring any along. */
  readonly runtime: LineSource | undefined;
}

/**
 * Opens the transcript and the runtime trajectory of a session. Each row is one line of the file it replaced; a line's
 * number is its `seq` plus one. Rows are read in pages, each in a transaction of its own, so that neither memory nor the
 * runtime's log grows with the transcript.
 *
 * @throws SessionsError FILE_FAILED when the transcript is in cold storage; what reading a store throws
 */
export async function openDatabaseSession(file: string, sessionId: string): Promise<DatabaseSession> {
  const extents = await readSessions(file, (database) => {
    const transcript = readExtent(database, 'transcript_events', sessionId);
    if (transcript.rows === 0 && isCold(database, sessionId)) throw cold(file, sessionId);
    return { transcript, runtime: readExtent(database, 'trajectory_runtime_events', sessionId) };
  });
  const { transcript, runtime } = extents ?? { transcript: nothing, runtime: nothing };
  return {
    transcript: createSource(file, 'transcript_events', sessionId, transcript),
    runtime: runtime.rows === 0 ? undefined : createSource(file, 'trajectory_runtime_events', sessionId, runtime),
  };
}

type EventTable = 'transcript_events' | 'trajectory_runtime_events';

interface Extent {
  readonly rows: number;
  /** Of the text as it was said, line ends included. */
  readonly bytes: number;
  readonly lastSeq: number;
}

const nothing: Extent = { rows: 0, bytes: 0, lastSeq: -1 };

/** Rows of one page; one that passes the bytes is the last of its page. */
const pageRows = 1000;
const pageBytes = 4 * 1024 * 1024;

function createSource(file: string, table: EventTable, sessionId: string, extent: Extent): LineSource {
  const readPage = async (fromSeq: number): Promise<readonly SourceLine[]> => {
    const page = await readSessions(file, (database) => readLines(database, table, sessionId, fromSeq, extent.lastSeq));
    return page ?? [];
  };
  const check = async (): Promise<void> => {
    const now = await readSessions(file, (database) => readExtent(database, table, sessionId, extent.lastSeq));
    if (now?.rows !== extent.rows || now.bytes !== extent.bytes) throw new Error(changedMessage(sessionId));
  };
  let window: readonly SourceLine[] = [];
  return {
    bytes: extent.bytes,
    async *lines() {
      let seq = 0;
      while (seq <= extent.lastSeq) {
        const page = await readPage(seq);
        const last = page.at(-1);
        if (last === undefined) break;
        for (const line of page) if (line.text !== '') yield line;
        seq = last.number;
      }
      // Pages of two states do not belong together.
      await check();
    },
    async line(number) {
      // Numbers are without gaps as a rule; after one, the page is read again from there.
      const known = window[number - (window[0]?.number ?? number)];
      if (known?.number === number) return known.text;
      window = await readPage(number - 1);
      const [first] = window;
      if (first?.number !== number) throw new Error(changedMessage(sessionId));
      return first.text;
    },
  };
}

/** Sums over one session; up to a row, where more may have been added since. */
function readExtent(database: DatabaseSync, table: EventTable, sessionId: string, upToSeq?: number): Extent {
  const columns = columnsOf(database, table);
  if (columns.size === 0) return nothing;
  const text = 'length(CAST(event_json AS BLOB))';
  const length = columns.has('event_utf8_bytes') ? `coalesce(event_utf8_bytes, ${text}, 0)` : `coalesce(${text}, 0)`;
  const [sums] = database
    .prepare(
      `SELECT count(*) AS rows, total(${length}) AS bytes, max(seq) AS last_seq FROM ${table}
       WHERE session_id = ?${upToSeq === undefined ? '' : ' AND seq <= ?'}`,
    )
    .all(sessionId, ...(upToSeq === undefined ? [] : [upToSeq]));
  const rows = Number(sums?.['rows'] ?? 0);
  return rows === 0 ? nothing : { rows, bytes: Number(sums?.['bytes']) + rows, lastSeq: Number(sums?.['last_seq']) };
}

function readLines(
  database: DatabaseSync,
  table: EventTable,
  sessionId: string,
  fromSeq: number,
  toSeq: number,
): readonly SourceLine[] {
  const columns = columnsOf(database, table);
  if (columns.size === 0) return [];
  const compressed = columns.has('event_zstd') ? ', event_zstd' : '';
  const rows = database
    .prepare(
      `SELECT seq, event_json${compressed} FROM ${table} WHERE session_id = ? AND seq BETWEEN ? AND ? ORDER BY seq`,
    )
    .iterate(sessionId, fromSeq, toSeq);
  const lines: SourceLine[] = [];
  let size = 0;
  for (const row of rows) {
    const text = textOf(row['event_json'], row['event_zstd']);
    lines.push({ number: Number(row['seq']) + 1, text });
    size += text.length;
    if (lines.length >= pageRows || size >= pageBytes) break;
  }
  return lines;
}

/** The largest event that OpenClaw compresses is 4 MiB; a frame that says more is not one of them. */
const mostDecompressed = 64 * 1024 * 1024;

/** The line as it was written. One that cannot be decompressed is given as what no JSON is: a torn line. */
function textOf(json: unknown, zstd: unknown): string {
  if (typeof json === 'string') return json.trim();
  const bytes = zstd ?? json;
  if (!(bytes instanceof Uint8Array)) return tornLine;
  try {
    const line = zstd == null ? bytes : zlib.zstdDecompressSync(bytes, { maxOutputLength: mostDecompressed });
    return Buffer.from(line).toString('utf8').trim();
  } catch {
    return tornLine;
  }
}

const tornLine = '\ufffd';

function columnsOf(database: DatabaseSync, table: string): ReadonlySet<string> {
  return new Set(
    database
      .prepare(`PRAGMA table_info(${table})`)
      .all()
      .map(({ name }) => String(name)),
  );
}

function isCold(database: DatabaseSync, sessionId: string): boolean {
  if (columnsOf(database, 'session_transcript_cold_archives').size === 0) return false;
  return (
    database.prepare('SELECT 1 FROM session_transcript_cold_archives WHERE session_id = ?').get(sessionId) !== undefined
  );
}

function cold(file: string, sessionId: string): SessionsError {
  return new SessionsError('FILE_FAILED', `The transcript of session ${sessionId} is in cold storage: ${file}`, {
    hint: 'OpenClaw brings it back when the session is used again.',
    details: { path: file, sessionId },
  });
}

function changedMessage(sessionId: string): string {
  return `the transcript of session ${sessionId} was rewritten while it was read; try again`;
}
