import type { ExplainedRow } from '../core/cleanup/explain.ts';
import type { CleanupPolicy } from '../core/cleanup/policy.ts';
import type { CleanupSummary } from '../core/cleanup/report.ts';
import type { FileStep, HeldBack } from '../core/cleanup/steps.ts';
import type { ActionRow } from '../core/cleanup/table.ts';
import type { World } from '../world.ts';
import { renderApplied, renderDryRun, renderExplanations, type SetTable, setFixedTable } from './cleanup-text.ts';
import { colorLevel } from './color.ts';
import { createTheme } from './theme.ts';

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

/** The report for people: the reference's text where stdout is not a terminal, a fitted table where it is. */
export async function renderCleanup(
  stores: readonly StoreReport[],
  flags: { readonly color?: string | boolean; readonly dryRun?: boolean },
  world: Pick<World, 'stdout' | 'env' | 'colorDepth'>,
): Promise<string> {
  const theme = await createTheme(colorLevel(flags.color, world.stdout, world));
  const setTable = await chooseTable(world);
  if (flags.dryRun === true) return renderDryRun(stores, theme, setTable);
  const applied = renderApplied(
    stores.map(({ summary }) => ({
      agentId: summary.agentId,
      storePath: summary.storePath,
      appliedCount: summary.appliedCount ?? summary.afterCount,
      removedArtifacts: summary.unreferencedArtifacts.removedFiles,
    })),
  );
  const isExplained = stores.some(({ explanation }) => explanation !== undefined);
  return isExplained ? `${applied}\n${renderExplanations(stores, theme, setTable)}` : applied;
}

async function chooseTable({ stdout }: Pick<World, 'stdout'>): Promise<SetTable> {
  if (!stdout.isTerminal) return setFixedTable;
  const { setFittedTable } = await import('./cleanup-table.ts');
  return setFittedTable(stdout.columns ?? 80);
}
