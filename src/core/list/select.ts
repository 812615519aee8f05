import { isJsonObject, toNumber } from '../json.ts';

interface Row {
  readonly entry: unknown;
}

/**
 * Picks the rows a listing shows: those updated since the given time, newest first, at most `limit`.
 *
 * Order (OpenClaw 2026.5.12): `updatedAt` descending, absent or null as 0, numeric strings as their number; what is no
 * number at all counts as 0 here (the reference leaves it open). Ties keep the given order. Only a number passes the
 * time filter; a time to come passes it.
 */
export function selectNewest<R extends Row>(rows: Iterable<R>, query: Query): Selected<R> {
  const selection = createSelection<R>(query);
  for (const row of rows) selection.offer(updatedAtOf(row.entry), row);
  return selection.result();
}

interface Query {
  readonly updatedSinceMs?: number;
  readonly limit: number | null;
}

export interface Selected<R> {
  /** Rows that pass the time filter. */
  readonly total: number;
  readonly newest: readonly R[];
}

/** The same choice, for rows that come one by one: it remembers little more than it chooses. */
export interface Selection<R> {
  /** Rows come in the given order; `updatedAt` is what is stored, of whatever type. */
  offer(updatedAt: unknown, row: R): void;
  result(): Selected<R>;
}

export function createSelection<R>({ updatedSinceMs: since, limit }: Query): Selection<R> {
  const candidates: { readonly time: number; readonly index: number; readonly row: R }[] = [];
  let total = 0;
  /** The time of the last row of a full selection. */
  let oldest: number | undefined;
  const cut = (): void => {
    candidates.sort((a, b) => b.time - a.time || a.index - b.index);
    if (limit === null || candidates.length < limit) return;
    candidates.length = limit;
    oldest = candidates[limit - 1]?.time;
  };
  return {
    offer(updatedAt, row) {
      if (since !== undefined && !isUpdatedSince(updatedAt, since)) return;
      const index = total++;
      const time = sortTime(updatedAt);
      // In a tie the earlier row wins.
      if (oldest !== undefined && time <= oldest) return;
      candidates.push({ time, index, row });
      if (limit !== null && candidates.length >= limit + cutAfter) cut();
    },
    result() {
      cut();
      return { total, newest: candidates.map(({ row }) => row) };
    },
  };
}

/** Sorting seldom is cheaper than finding each row's place. */
const cutAfter = 1000;

/** The stored `updatedAt`, of whatever type; undefined when the entry is no object. */
export function updatedAtOf(entry: unknown): unknown {
  return isJsonObject(entry) ? entry['updatedAt'] : undefined;
}

function isUpdatedSince(updatedAt: unknown, since: number): boolean {
  return typeof updatedAt === 'number' && updatedAt >= since;
}

function sortTime(updatedAt: unknown): number {
  const time = toNumber(updatedAt ?? 0);
  return Number.isNaN(time) ? 0 : time;
}
