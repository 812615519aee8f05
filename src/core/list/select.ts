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
export function selectNewest<R extends Row>(
  rows: readonly R[],
  query: { readonly updatedSinceMs?: number; readonly limit: number | null },
): { readonly total: number; readonly newest: readonly R[] } {
  const { updatedSinceMs: since, limit } = query;
  const passing = since === undefined ? rows : rows.filter((row) => isUpdatedSince(updatedAtOf(row.entry), since));
  const order = passing.map((row, index) => ({ index, time: sortTime(updatedAtOf(row.entry)) }));
  order.sort((a, b) => b.time - a.time || a.index - b.index);
  const chosen = limit === null ? order : order.slice(0, limit);
  return { total: passing.length, newest: chosen.map(({ index }) => passing[index] as R) };
}

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
