import type { ListReport } from '../core/list/report.ts';

/**
 * The JSON document of a listing: OpenClaw 2026.5.12 to the byte, keys in this order. `failures` is ours (V1) and exists
 * only when a store of several could not be read.
 */
export function renderListJson({ allAgents, stores, rows, total, limit, activeMinutes, failures }: ListReport): string {
  const document = {
    path: allAgents ? null : stores[0]?.path,
    ...(allAgents ? { stores: stores.map(({ agentId, path }) => ({ agentId, path })), allAgents } : {}),
    count: rows.length,
    totalCount: total,
    limitApplied: limit,
    hasMore: rows.length < total,
    activeMinutes,
    sessions: rows.map(({ json }) => json),
    ...(failures.length > 0 ? { failures } : {}),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
