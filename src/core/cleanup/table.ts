import type { Config } from '../config.ts';
import { normalizeEntry } from '../entry.ts';
import { type ListRow, makeListRow } from '../list/row.ts';
import { selectNewest } from '../list/select.ts';
import { createModelCatalog } from '../model.ts';
import type { RowAction } from './choose.ts';
import type { CleanupPlan, PlannedRow } from './plan.ts';

/** A row of the table that a dry run shows. */
export interface ActionRow {
  readonly action: RowAction;
  /** The row as the listing shows it. */
  readonly listed: ListRow;
}

/** Every row of the store with what would happen to it, newest first, ties in store order. */
export function tabulateActions(plan: CleanupPlan, agentId: string, config: Config): readonly ActionRow[] {
  const context = { agentId, config, models: createModelCatalog(config), nowMs: plan.nowMs };
  const rows = plan.rows.map((planned: PlannedRow) => ({ planned, entry: planned.row.entry }));
  return selectNewest(rows, { limit: null }).newest.map(({ planned }) => ({
    action: planned.action,
    listed: makeListRow(planned.row.key, normalizeEntry(planned.row.entry), context),
  }));
}
