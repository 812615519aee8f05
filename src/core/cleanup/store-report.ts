import type { ExplainedRow } from './explain.ts';
import type { CleanupPolicy } from './policy.ts';
import type { CleanupSummary } from './report.ts';
import type { FileStep, HeldBack } from './steps.ts';
import type { ActionRow } from './table.ts';

/** What is shown about one store. */
export interface StoreReport {
  readonly summary: CleanupSummary;
  /** Every row with its action, newest first; only where a table is shown. */
  readonly rows: readonly ActionRow[];
  /** Only with `--explain`. */
  readonly explanation: Explanation | undefined;
}

export interface Explanation {
  readonly policy: CleanupPolicy;
  /** In store order. */
  readonly rows: readonly ExplainedRow[];
  readonly files: readonly FileStep[];
  readonly heldBack: readonly HeldBack[];
}
