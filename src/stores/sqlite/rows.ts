import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { isJsonObject, type JsonObject, nonBlank } from '../../core/json.ts';
import type { BadRow, RowQuery, StoredRow } from '../types.ts';
import type { SessionSchema } from './schema.ts';

/** Rows of a listing, and how many there are. */
export interface RowPage {
  readonly total: number;
  readonly rows: readonly StoredRow[];
  readonly badRows: readonly BadRow[];
}

/**
 * The newest rows. The database orders and limits, so that a listing of 100 reads 100; ties are in the order of their
 * keys, as OpenClaw 2026.9.6 gives them.
 *
 * A row that cannot be read is left out and named. Beyond the limit only those are looked for that are marked as not
 * validated since their last change.
 */
export function readNewest(database: DatabaseSync, schema: SessionSchema, query: RowQuery): RowPage {
  const where = `${isVisible}${query.updatedSinceMs === undefined ? '' : ' AND updated_at >= ?'}`;
  const since = query.updatedSinceMs === undefined ? [] : [Math.ceil(query.updatedSinceMs)];
  const [counted] = database.prepare(`SELECT count(*) AS total FROM ${schema.table} WHERE ${where}`).all(...since);
  const found: DecodedRow[] = [];
  const bad = new Map<string, string>();
  const newest = `SELECT ${columnsOf(schema)} FROM ${schema.table} WHERE ${where} ORDER BY updated_at DESC, session_key`;
  for (const record of database.prepare(newest).iterate(...since)) {
    if (found.length === query.limit) break;
    const row = decode(record);
    if ('reason' in row) bad.set(row.key, row.reason);
    else found.push(row);
  }
  for (const record of unvalidated(database, schema, where, since)) {
    const row = decode(record);
    if ('reason' in row) bad.set(row.key, row.reason);
  }
  return {
    total: Number(counted?.['total']) - bad.size,
    rows: withParticipants(database, schema, found),
    badRows: [...bad].map(([key, reason]) => ({ key, reason })),
  };
}

/** One row by its key: exact first, then without regard to case (the last in the order of keys). */
export function readRow(database: DatabaseSync, schema: SessionSchema, key: string): StoredRow | BadRow | undefined {
  const byKey = database.prepare(
    `SELECT ${columnsOf(schema)} FROM ${schema.table} WHERE session_key = ? AND ${isVisible}`,
  );
  const record = byKey.get(key) ?? byKey.get(nearKey(database, schema, key) ?? null);
  if (record === undefined) return undefined;
  const row = decode(record);
  return 'reason' in row ? row : withParticipants(database, schema, [row])[0];
}

/** How much there is, and how new: what the choice between two stores is made from. */
export function readExtent(database: DatabaseSync, schema: SessionSchema): { rows: number; newestMs?: number } {
  const [extent] = database
    .prepare(`SELECT count(*) AS rows, CAST(max(updated_at) AS REAL) AS newest FROM ${schema.table}`)
    .all();
  const rows = Number(extent?.['rows']);
  const newest = rows === 0 && schema.hasArchives ? newestArchive(database) : extent?.['newest'];
  return { rows, ...(typeof newest === 'number' ? { newestMs: newest } : {}) };
}

/** When a session was last deleted or reset. */
function newestArchive(database: DatabaseSync): unknown {
  return database.prepare('SELECT CAST(max(created_at) AS REAL) AS newest FROM session_transcript_archives').get()?.[
    'newest'
  ];
}

/**
 * Keys `agent:<id>:internal-session-effects:...` are OpenClaw's own bookkeeping; 2026.9.6 lists them nowhere. Only the
 * third part of the key counts.
 */
const isVisible = `NOT (substr(session_key, 1, 6) = 'agent:' AND substr(
  substr(session_key, 7), instr(substr(session_key, 7), ':') + 1, 25) = 'internal-session-effects:')`;

const ownerColumns = [
  'owner_actor_type',
  'owner_actor_id',
  'owner_assigned_by_type',
  'owner_assigned_by_id',
  'owner_assigned_at',
];

function columnsOf({ hasOwners }: SessionSchema): string {
  return ['session_key', 'entry_json', ...(hasOwners ? ownerColumns : [])].join(', ');
}

interface DecodedRow {
  readonly key: string;
  readonly entry: JsonObject;
}

type DatabaseRecord = Readonly<Record<string, unknown>>;

function decode(record: DatabaseRecord): DecodedRow | BadRow {
  const key = String(record['session_key']);
  let entry: unknown;
  try {
    entry = JSON.parse(textOf(record['entry_json']));
  } catch (error) {
    return { key, reason: `its entry is not valid JSON: ${(error as Error).message}` };
  }
  if (!isJsonObject(entry)) return { key, reason: 'its entry is not a JSON object' };
  // These three are kept outside the entry; copies in it are remains of older releases.
  const own: Record<string, unknown> = { ...entry };
  delete own['owner'];
  delete own['participants'];
  delete own['participantCount'];
  const owner = ownerOf(record);
  return { key, entry: owner === undefined ? own : { ...own, owner } };
}

/** Text, also where a table without strict types holds it as bytes. */
function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);
}

function ownerOf(record: DatabaseRecord): JsonObject | undefined {
  const actor = actorOf(record['owner_actor_type'], record['owner_actor_id']);
  if (actor === undefined) return undefined;
  const assignedBy = actorOf(record['owner_assigned_by_type'], record['owner_assigned_by_id']);
  const assignedAt = record['owner_assigned_at'];
  return {
    actor,
    ...(assignedBy === undefined ? {} : { assignedBy }),
    ...(typeof assignedAt === 'number' ? { assignedAt } : {}),
  };
}

function actorOf(type: unknown, id: unknown): JsonObject | undefined {
  const text = nonBlank(id);
  return (type === 'human' || type === 'agent' || type === 'system') && text !== undefined
    ? { type, id: text }
    : undefined;
}

/** Marked rows are few while the runtime is at work; after an import all are, and then only the page is checked. */
const mostMarked = 1000;

function unvalidated(
  database: DatabaseSync,
  { table, hasValidation }: SessionSchema,
  where: string,
  parameters: readonly SQLInputValue[],
): DatabaseRecord[] {
  if (!hasValidation) return [];
  const marked = database
    .prepare(`SELECT session_key FROM ${table} WHERE entry_valid != 1 LIMIT ${mostMarked + 1}`)
    .all();
  if (marked.length > mostMarked) return [];
  return database
    .prepare(
      `SELECT session_key, entry_json FROM ${table}
       WHERE entry_valid != 1 AND ${where} AND (NOT json_valid(entry_json) OR json_type(entry_json) != 'object')`,
    )
    .all(...parameters);
}

/** Adds who took part, in the order of 2026.9.6. A participant that cannot be read is left out. */
function withParticipants(
  database: DatabaseSync,
  { hasParticipants }: SessionSchema,
  rows: readonly DecodedRow[],
): readonly StoredRow[] {
  if (!hasParticipants || rows.length === 0) return rows;
  const byKey = new Map<string, JsonObject[]>();
  const records = database
    .prepare(
      `SELECT session_key, identity_namespace, actor_id FROM session_participants
       WHERE session_key IN (SELECT value FROM json_each(?))
       ORDER BY session_key, first_prompted_at, actor_id, identity_namespace`,
    )
    .all(JSON.stringify(rows.map(({ key }) => key)));
  for (const record of records) {
    const key = String(record['session_key']);
    const identity = identityOf(record);
    if (identity !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), { identity }]);
  }
  return rows.map(({ key, entry }) => {
    const participants = byKey.get(key);
    if (participants === undefined) return { key, entry };
    return { key, entry: { ...entry, participants, participantCount: participants.length } };
  });
}

function identityOf(record: DatabaseRecord): JsonObject | undefined {
  try {
    const namespace: unknown = JSON.parse(String(record['identity_namespace']));
    return isJsonObject(namespace) ? { ...namespace, id: record['actor_id'] } : undefined;
  } catch {
    return undefined;
  }
}

function nearKey(database: DatabaseSync, { table }: SessionSchema, key: string): string | undefined {
  const folded = key.toLowerCase();
  return database
    .prepare(`SELECT session_key FROM ${table} ORDER BY session_key`)
    .all()
    .map((record) => String(record['session_key']))
    .findLast((each) => each.toLowerCase() === folded);
}
