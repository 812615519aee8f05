import type { ListReport } from '../core/list/report.ts';
import type { World } from '../world.ts';
import { colorLevel } from './color.ts';
import { renderListText } from './list-text.ts';
import { createTheme } from './theme.ts';

/** The listing for people: a table fitted to the terminal, or the reference's fixed columns where there is none. */
export async function renderList(
  report: ListReport,
  flags: { readonly color?: string | boolean },
  world: Pick<World, 'stdout' | 'env' | 'colorDepth'>,
): Promise<string> {
  const theme = await createTheme(colorLevel(flags.color, world.stdout, world));
  if (!world.stdout.isTerminal) return renderListText(report, theme);
  const { renderListTable } = await import('./list-table.ts');
  return renderListTable(report, theme, world.stdout.columns ?? 80);
}
