import type { ListReport } from '../core/list/report.ts';
import { type Column, columnsOf, emptyLine, keyColumn, summaryLines } from './list-columns.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Theme } from './theme.ts';

/** The listing on a terminal: the facts of the piped text in a table fitted to its width. */
export function renderListTable(report: ListReport, theme: Theme, width: number): string {
  const lines = summaryLines(report).map(theme.info);
  if (report.rows.length === 0) return `${[...lines, emptyLine].join('\n')}\n`;
  const columns = columnsOf(report);
  const rows = report.rows.map((row) =>
    columns.map((column) => ({ text: column.text(row), paint: column.paint(row, theme) })),
  );
  const table = renderTable(columns.map(tableColumn), rows, theme.heading, width);
  return `${[...lines, table].join('\n')}\n`;
}

/** Flags and keys give way first: they are long and can be read in pieces. */
function tableColumn(column: Column): TableColumn {
  if (column === keyColumn) return { title: column.title, comfortable: 20, shorten: true };
  const comfortable = { Flags: 18, Model: 14, Runtime: 12 }[column.title];
  return { title: column.title, ...(comfortable === undefined ? {} : { comfortable }) };
}
