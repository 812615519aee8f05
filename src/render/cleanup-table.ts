import type { SetTable } from './cleanup-text.ts';
import { keyTitle } from './cleanup-text.ts';
import { renderTable, type TableColumn } from './table.ts';

/** The rows of a dry run on a terminal: the facts of the piped text in a table fitted to its width. */
export const setFittedTable =
  (width: number): SetTable =>
  (columns, rows, theme) =>
    renderTable(
      columns.map(({ title }) => tableColumn(title)),
      rows.map((row) => columns.map((column) => ({ text: column.text(row), paint: column.paint(row, theme) }))),
      theme.heading,
      width,
    );

function tableColumn(title: string): TableColumn {
  if (title === keyTitle) return { title, atLeast: 12, overflow: 'shorten', heads: true };
  const atLeast = { Flags: 14, Model: 8, Why: 20 }[title];
  return { title, ...(atLeast === undefined ? {} : { atLeast }) };
}
