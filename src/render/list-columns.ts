import { formatAge } from '../core/age.ts';
import type { ListReport, ReportRow } from '../core/list/report.ts';
import { printableLine } from '../core/printable.ts';
import { cellText, flagsCell, kindPaint, tokensCell, tokensPaint } from './row-cells.ts';
import type { Paint, Theme } from './theme.ts';

/** A column of the listing, the same in piped text and on a terminal. */
export interface Column {
  readonly title: string;
  /** Width in piped text, UTF-16 units; longer values push the line out. */
  readonly width: number;
  text(row: ReportRow): string;
  paint(row: ReportRow, theme: Theme): Paint;
}

const agentColumn: Column = {
  title: 'Agent',
  width: 10,
  text: ({ json }) => cellText(json.agentId),
  paint: (_row, theme) => theme.accentBright,
};

export const keyColumn: Column = {
  title: 'Key',
  width: 26,
  text: ({ json }) => printableLine(json.key),
  paint: (_row, theme) => theme.accent,
};

const columns: readonly Column[] = [
  { title: 'Kind', width: 6, text: ({ json }) => json.kind, paint: ({ json }, theme) => kindPaint(json.kind, theme) },
  keyColumn,
  { title: 'Age', width: 9, text: ({ json }) => formatAge(json.ageMs), paint: (_row, theme) => theme.muted },
  { title: 'Model', width: 14, text: ({ json }) => cellText(json.model), paint: (_row, theme) => theme.info },
  { title: 'Runtime', width: 18, text: (row) => printableLine(row.runtime()), paint: (_row, theme) => theme.info },
  {
    title: 'Tokens (ctx %)',
    width: 20,
    text: ({ json }) => tokensCell(json),
    paint: ({ json }, theme) => tokensPaint(json, theme),
  },
  { title: 'Flags', width: 0, text: ({ json }) => flagsCell(json), paint: (_row, theme) => theme.muted },
];

/** The columns of a report: the agent only when every agent was asked for. */
export function columnsOf({ allAgents }: ListReport): readonly Column[] {
  return allAgents ? [agentColumn, ...columns] : columns;
}

/** The lines above the table: which store or stores, how many rows, which filter. */
export function summaryLines({ allAgents, stores, rows, total, limit, activeMinutes }: ListReport): string[] {
  const lines = [
    allAgents
      ? `Session stores: ${stores.length} (${stores.map(({ agentId }) => agentId).join(', ')})`
      : `Session store: ${printableLine(stores[0]?.path ?? '')}`,
    rows.length < total
      ? `Sessions listed: ${rows.length} of ${total} (limit ${limit ?? 'all'})`
      : `Sessions listed: ${rows.length}`,
  ];
  if (activeMinutes !== null) lines.push(`Filtered to last ${activeMinutes} minute(s)`);
  return lines;
}

export const emptyLine = 'No sessions found.';
