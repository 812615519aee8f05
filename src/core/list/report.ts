import type { Config } from '../config.ts';
import { createModelCatalog, models2026September } from '../model.ts';
import { makeSqliteListRow, openclawHarness, type SqliteListRow } from './row-2026-9.ts';
import { type ListRow, makeListRow, runtimeLabel } from './row.ts';
import { createSelection, updatedAtOf } from './select.ts';

/** What a listing says; text and JSON are made from it. */
export interface ListReport {
  /** True when every agent's store was asked for, even if there is only one. */
  readonly allAgents: boolean;
  /** The stores that were looked at, in order; missing and failed ones too. */
  readonly stores: readonly StoreFacts[];
  readonly rows: ReportRows;
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

/** Rows that are made when they are asked for: of a hundred thousand, a renderer needs few at a time. */
export interface ReportRows extends Iterable<ReportRow> {
  readonly length: number;
}

export interface ReportRow {
  /** In the shape of the store it comes from. */
  readonly json: ListRow | SqliteListRow;
  /** The Runtime column of the text form. */
  runtime(): string;
}

/** The rows that one store gave, newest first. */
export interface StoreRows {
  readonly agentId: string;
  /** The kind of store, which decides the shape of the rows. */
  readonly kind: 'json' | 'sqlite';
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
  const makers = { json: rowMaker(config, nowMs), sqlite: sqliteRowMaker(config, nowMs) };
  const newest = newestOfAll(read, options.limit);
  return {
    allAgents,
    stores,
    failures,
    ...options,
    total: read.reduce((sum, { total }) => sum + total, 0),
    rows: {
      length: newest.length,
      *[Symbol.iterator]() {
        for (const { store, row } of newest) yield makers[store.kind](store.agentId, row.key, row.entry);
      },
    },
  };
}

interface Chosen {
  readonly store: StoreRows;
  readonly row: StoreRows['rows'][number];
}

/** The newest rows of all stores; one store has its own in order already. */
function newestOfAll(read: readonly StoreRows[], limit: number | null): { readonly length: number } & Iterable<Chosen> {
  const candidates = {
    length: read.reduce((sum, { rows }) => sum + rows.length, 0),
    *[Symbol.iterator]() {
      for (const store of read) for (const row of store.rows) yield { store, row };
    },
  };
  if (read.length <= 1) return candidates;
  const selection = createSelection<Chosen>({ limit });
  for (const candidate of candidates) selection.offer(updatedAtOf(candidate.row.entry), candidate);
  return selection.result().newest;
}

type RowMaker = (agentId: string, key: string, entry: unknown) => ReportRow;

function rowMaker(config: Config, nowMs: number): RowMaker {
  const models = createModelCatalog(config);
  return (agentId, key, entry) => {
    const json = makeListRow(key, entry, { agentId, config, models, nowMs });
    return { json, runtime: () => runtimeLabel(entry, json, models) };
  };
}

function sqliteRowMaker(config: Config, nowMs: number): RowMaker {
  const models = createModelCatalog(config, models2026September);
  return (agentId, key, entry) => {
    const json = makeSqliteListRow(key, entry, { agentId, config, models, nowMs });
    return { json, runtime: () => runtimeLabel(entry, json, models, openclawHarness) };
  };
}
