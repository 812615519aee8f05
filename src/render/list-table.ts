import type { ListReport } from '../core/list/report.ts';
import { type Column, columnsOf, emptyLine, keyColumn, summaryLines } from './list-columns.ts';
import { wrapCells } from './cells.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Theme } from './theme.ts';

/** The listing on a terminal: the facts of the piped text in a table fitted to its width. */
export function renderListTable(report: ListReport, theme: Theme, width: number): string {
  const lines = summaryLines(report)
    .flatMap((line) => wrapCells(line, width))
    .map((line) => theme.info(line));
  if (report.rows.length === 0) return `${[...lines, emptyLine].join('\n')}\n`;
  const columns = columnsOf(report);
  const rows = Array.from(report.rows, (row) =>
    columns.map((column) => ({ text: column.text(row), paint: column.paint(row, theme) })),
  );
  const table = renderTable(columns.map(tableColumn), rows, theme.heading, width);
  return `${[...lines, table].join('\n')}\n`;
}

function tableColumn({ title }: Column): TableColumn {
  if (title === keyColumn.title) return { title, atLeast: 12, overflow: 'shorten', heads: true };
  const atLeast = { Flags: 14, 'Tokens (ctx %)': 9, Runtime: 8, Model: 8 }[title];
  return { title, ...(atLeast === undefined ? {} : { atLeast }) };
}
