import type { StoreReport } from '../core/cleanup/store-report.ts';
import type { World } from '../world.ts';
import { renderApplied, renderDryRun, renderExplanations, type SetTable, setFixedTable } from './cleanup-text.ts';
import { colorLevel } from './color.ts';
import { createTheme } from './theme.ts';

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
