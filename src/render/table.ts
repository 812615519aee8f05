import Table from 'cli-table3';
import { cellWidth, shortenMiddle, wrapCells } from './cells.ts';
import type { Paint } from './theme.ts';

/** A column of a terminal table. */
export interface TableColumn {
  readonly title: string;
  /** Gives way first, down to so many cells, when the terminal is narrow; without it, only when nothing else helps. */
  readonly comfortable?: number;
  /** Too long a text is shortened in the middle (keys) instead of wrapped. */
  readonly shorten?: boolean;
}

export interface TableCell {
  readonly text: string;
  readonly paint: Paint;
}

const gap = '  ';
/** Below this a column says nothing; a terminal narrower than all columns together wraps by itself. */
const floor = 3;

/**
 * A table without borders, fitted to the terminal: columns are as wide as their longest cell, and give way only as far
 * as needed. Every fact stays: long cells are wrapped, and only `shorten` columns lose their middle.
 *
 * @param width terminal width in cells
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  heading: Paint,
  width: number,
): string {
  const widths = fitWidths(columns, rows, width);
  const table = new Table({
    chars: { ...noBorders, middle: gap },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  const fit = ({ text, paint }: TableCell, index: number): string => {
    const room = widths[index] ?? 0;
    const lines = columns[index]?.shorten === true ? [shortenMiddle(text, room)] : wrapCells(text, room);
    return lines.map((line) => (line === '' ? '' : paint(line))).join('\n');
  };
  table.push(columns.map(({ title }, index) => fit({ text: title, paint: heading }, index)));
  for (const row of rows) table.push(row.map(fit));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function fitWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  width: number,
): readonly number[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(cellWidth(title), ...rows.map((row) => cellWidth(row[index]?.text ?? ''))),
  );
  const available = width - gap.length * (columns.length - 1);
  let excess = widths.reduce((sum, each) => sum + each, 0) - available;
  const shrink = (limitOf: (column: TableColumn) => number): void => {
    while (excess > 0) {
      // The widest column that may still give way loses one cell.
      let widest: number | undefined;
      for (const [index, column] of columns.entries()) {
        const own = widths[index] ?? 0;
        if (own > limitOf(column) && (widest === undefined || own > (widths[widest] ?? 0))) widest = index;
      }
      if (widest === undefined) return;
      widths[widest] = (widths[widest] ?? 0) - 1;
      excess--;
    }
  };
  shrink(({ comfortable }) => comfortable ?? Infinity);
  shrink(() => floor);
  return widths;
}

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
};
