import type { ListReport, ReportRows } from '../core/list/report.ts';

/**
 * The JSON document of a listing: OpenClaw 2026.5.12 to the byte, keys in this order. `failures` is ours (V1) and exists
 * only when a store of several could not be read. It comes in pieces of some ten kilobytes.
 */
export function* renderListJson(report: ListReport): Iterable<string> {
  const { allAgents, stores, rows, total, limit, activeMinutes, failures } = report;
  const document = {
    path: allAgents ? null : stores[0]?.path,
    ...(allAgents ? { stores: stores.map(({ agentId, path }) => ({ agentId, path })), allAgents } : {}),
    count: rows.length,
    totalCount: total,
    limitApplied: limit,
    hasMore: rows.length < total,
    activeMinutes,
    sessions: [],
    ...(failures.length > 0 ? { failures } : {}),
  };
  // A line of its own: no string of the document can look like it.
  const [before = '', after = ''] = JSON.stringify(document, null, 2).split('\n  "sessions": []');
  yield* inPieces(`${before}\n  "sessions": [`, renderRows(rows), `]${after}\n`);
}

/** The rows between the brackets of the document, a block at a time. */
function* renderRows(rows: ReportRows): Iterable<string> {
  if (rows.length === 0) return;
  const [opening, closing] = ['{\n  "sessions": [', '\n  ]\n}'];
  let separator = '';
  for (const block of blocksOf(rows)) {
    // The depth that the rows have in the document.
    const text = JSON.stringify({ sessions: block.map(({ json }) => json) }, null, 2);
    yield separator + text.slice(opening.length, -closing.length);
    separator = ',';
  }
  yield '\n  ';
}

function* blocksOf<T>(items: Iterable<T>): Iterable<readonly T[]> {
  let block: T[] = [];
  for (const item of items) {
    block.push(item);
    if (block.length < 100) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}

/** Few writes for a small document, and no string without end for a large one. */
function* inPieces(before: string, parts: Iterable<string>, after: string): Iterable<string> {
  let piece = before;
  for (const part of parts) {
    piece += part;
    if (piece.length < 2 ** 16) continue;
    yield piece;
    piece = '';
  }
  yield piece + after;
}
