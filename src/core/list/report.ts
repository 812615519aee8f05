import type { Config } from '../config.ts';
import { createModelCatalog } from '../model.ts';
import { type ListRow, makeListRow, runtimeLabel } from './row.ts';
import { selectNewest } from './select.ts';

/** What a listing says; text and JSON are made from it. */
export interface ListReport {
  /** True when every agent's store was asked for, even if there is only one. */
  readonly allAgents: boolean;
  /** The stores that were looked at, in order; missing and failed ones too. */
  readonly stores: readonly StoreFacts[];
  readonly rows: readonly ReportRow[];
  /** Rows that pass the filter, before the limit. */
  readonly total: number;
  /** Null when all rows were asked for. */
  readonly limit: number | null;
  readonly activeMinutes: number | null;
  /** Stores that could not be read; the others are listed all the same (V1). */
  readonly failures: readonly StoreFailure[];
}

export interface StoreFacts {
  readonly agentId: string;
  readonly path: string;
}

export interface StoreFailure extends StoreFacts {
  readonly code: string;
  readonly message: string;
}

export interface ReportRow {
  readonly json: ListRow;
  /** The Runtime column of the text form. */
  readonly runtime: string;
}

/** The rows that one store gave, newest first. */
export interface StoreRows {
  readonly agentId: string;
  readonly total: number;
  readonly rows: readonly { readonly key: string; readonly entry: unknown }[];
}

/**
 * Puts the rows of all stores together: newest first over all of them, ties in the order of the stores, cut to the
 * limit, and made into what is printed.
 */
export function reportList(input: {
  readonly allAgents: boolean;
  readonly stores: readonly StoreFacts[];
  readonly read: readonly StoreRows[];
  readonly failures: readonly StoreFailure[];
  readonly options: { readonly limit: number | null; readonly activeMinutes: number | null };
  readonly config: Config;
  readonly nowMs: number;
}): ListReport {
  const { allAgents, stores, read, failures, options, config, nowMs } = input;
  const models = createModelCatalog(config);
  const candidates = read.flatMap(({ agentId, rows }) => rows.map(({ key, entry }) => ({ agentId, key, entry })));
  const { newest } = selectNewest(candidates, { limit: options.limit });
  return {
    allAgents,
    stores,
    failures,
    ...options,
    total: read.reduce((sum, { total }) => sum + total, 0),
    rows: newest.map(({ agentId, key, entry }) => {
      const json = makeListRow(key, entry, { agentId, config, models, nowMs });
      return { json, runtime: runtimeLabel(entry, json, models) };
    }),
  };
}
