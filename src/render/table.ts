import Table from 'cli-table3';
import { cellWidth, shortenMiddle, wrapCells } from './cells.ts';
import type { Paint } from './theme.ts';

/** A column of a terminal table. */
export interface TableColumn {
  readonly title: string;
  /** Cells the column may be narrowed to; without it, it stays as wide as its longest cell. */
  readonly atLeast?: number;
  /** What does not fit: wrapped onto more lines, or shortened in the middle (keys). */
  readonly overflow?: 'wrap' | 'shorten';
  /** Stands first when rows are shown as records because the terminal is too narrow for columns. */
  readonly heads?: boolean;
}

export interface TableCell {
  readonly text: string;
  readonly paint: Paint;
}

const gap = '  ';

/**
 * Rows on a terminal, fitted to its width. Columns without borders, as wide as their longest cell; when that is too
 * much, those that may be narrowed give way one after another from the right, each only as far as needed. A terminal
 * too narrow for that gets one record after another. No fact is dropped: long cells are wrapped, and only columns that
 * say so lose their middle.
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
  if (widths === undefined) return rows.map((row) => renderRecord(columns, row, width)).join('\n');
  const table = new Table({
    chars: { ...noBorders, middle: gap },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  const fit = ({ text, paint }: TableCell, index: number): string => {
    const room = widths[index] ?? 0;
    const lines = columns[index]?.overflow === 'shorten' ? [shortenMiddle(text, room)] : wrapCells(text, room);
    return lines.map((line) => (line === '' ? '' : paint(line))).join('\n');
  };
  table.push(columns.map(({ title }, index) => fit({ text: title, paint: heading }, index)));
  for (const row of rows) table.push(row.map(fit));
  const lines = table.toString().split('\n');
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** Widths that fit together, or undefined when no allowed narrowing is enough. */
function fitWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  width: number,
): readonly number[] | undefined {
  const widths = columns.map(({ title }, index) =>
    rows.reduce((widest, row) => Math.max(widest, cellWidth(row[index]?.text ?? '')), cellWidth(title)),
  );
  let excess = widths.reduce((sum, each) => sum + each, gap.length * (columns.length - 1)) - width;
  for (const [index, { atLeast }] of [...columns.entries()].reverse()) {
    if (excess <= 0) break;
    const own = widths[index] ?? 0;
    const given = Math.min(excess, Math.max(0, own - (atLeast ?? own)));
    widths[index] = own - given;
    excess -= given;
  }
  return excess > 0 ? undefined : widths;
}

/** The heading cell on a line of its own, the others below it, indented and wrapped between cells where possible. */
function renderRecord(columns: readonly TableColumn[], row: readonly TableCell[], width: number): string {
  const head = row[columns.findIndex(({ heads }) => heads === true)];
  const lines = head === undefined ? [] : wrapCells(head.text, width).map((line) => head.paint(line));
  const room = Math.max(1, width - gap.length);
  let used = 0;
  for (const cell of row) {
    if (cell === head || cell.text === '') continue;
    for (const [index, piece] of wrapCells(cell.text, room).entries()) {
      const joins = index === 0 && used > 0 && used + gap.length + cellWidth(piece) <= room;
      if (joins) lines.push(`${lines.pop() ?? ''}${gap}${cell.paint(piece)}`);
      else lines.push(`${gap}${cell.paint(piece)}`);
      used = cellWidth(piece) + (joins ? used + gap.length : 0);
    }
  }
  return lines.join('\n');
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
