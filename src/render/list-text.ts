import type { ListReport } from '../core/list/report.ts';
import { printableLine } from '../core/printable.ts';
import { columnsOf, emptyLine, keyColumn, summaryLines } from './list-columns.ts';
import { shortKey } from './row-cells.ts';
import type { Theme } from './theme.ts';

/** The listing as piped text: OpenClaw 2026.5.12 to the byte, fixed columns, padded and never cut but for the key. */
export function renderListText(report: ListReport, theme: Theme): string {
  const lines = summaryLines(report).map((line) => theme.info(line));
  if (report.rows.length === 0) return `${[...lines, emptyLine].join('\n')}\n`;
  const columns = columnsOf(report);
  lines.push(theme.heading(columns.map(({ title, width }) => title.padEnd(width)).join(' ')));
  for (const row of report.rows) {
    const cells = columns.map((column) => {
      // The key is cut first and made printable then: what is shown is at most a few escapes wider.
      const text = column === keyColumn ? printableLine(shortKey(row.json.key)) : column.text(row);
      const padded = text.padEnd(column.width);
      return padded === '' ? '' : column.paint(row, theme)(padded);
    });
    lines.push(cells.join(' ').trimEnd());
  }
  return `${lines.join('\n')}\n`;
}
