import { formatAge } from '../core/age.ts';
import type { RowAction } from '../core/cleanup/choose.ts';
import type { ExplainedRow } from '../core/cleanup/explain.ts';
import type { CleanupSummary } from '../core/cleanup/report.ts';
import type { ActionRow } from '../core/cleanup/table.ts';
import { printableLine } from '../core/printable.ts';
import { policyLines, reasonText, stepLine } from './cleanup-reasons.ts';
import type { Explanation, StoreReport } from '../core/cleanup/store-report.ts';
import { cellText, flagsCell, shortKey } from './row-cells.ts';
import type { Paint, Theme } from './theme.ts';

/** What an applied summary says about one store; whoever cleaned it up. */
export type AppliedStore = Pick<CleanupSummary, 'agentId' | 'storePath'> & {
  readonly appliedCount: number;
  /** Unreferenced files that were removed. */
  readonly removedArtifacts: number;
};

/** How a table of rows is set: fixed columns, or fitted to a terminal. */
export type SetTable = (columns: readonly ActionColumn[], rows: readonly TableRow[], theme: Theme) => string;

/** The report of an applied run, to the byte that of OpenClaw 2026.5.12; it is the same in every mode. */
export function renderApplied(stores: readonly AppliedStore[]): string {
  return blocks(stores, ({ storePath, appliedCount, removedArtifacts }) => [
    `Session store: ${printableLine(storePath)}`,
    `Applied maintenance. Current entries: ${appliedCount}`,
    ...(removedArtifacts > 0 ? [`Pruned unreferenced artifacts: ${removedArtifacts}`] : []),
  ]);
}

/** The report of a dry run: summary, then every row with its action. Piped, it is the reference's to the byte. */
export function renderDryRun(stores: readonly StoreReport[], theme: Theme, setTable: SetTable): string {
  return blocks(
    stores.map((store) => ({ ...store, agentId: store.summary.agentId })),
    (store) => [
      ...summaryLines(store.summary),
      ...(store.explanation === undefined ? [] : policyLines(store.explanation.policy)),
      ...(store.rows.length === 0 ? [] : ['', 'Planned session actions:', actionTable(store, theme, setTable)]),
      ...(store.explanation === undefined ? [] : fileLines(store.explanation)),
    ],
  );
}

/** What `--explain` adds to the report of an applied run. */
export function renderExplanations(stores: readonly StoreReport[], theme: Theme, setTable: SetTable): string {
  return blocks(
    stores.map((store) => ({ ...store, agentId: store.summary.agentId })),
    (store) => [
      ...(store.explanation === undefined ? [] : policyLines(store.explanation.policy)),
      ...(store.rows.length === 0 ? [] : ['', 'Session actions:', actionTable(store, theme, setTable)]),
      ...(store.explanation === undefined ? [] : fileLines(store.explanation)),
    ],
  );
}

/** With several stores each is headed by its agent, and a blank line stands between them. */
function blocks<Store extends { readonly agentId: string }>(
  stores: readonly Store[],
  linesOf: (store: Store) => readonly string[],
): string {
  const texts = stores.map((store) => {
    const heading = stores.length > 1 ? [`Agent: ${printableLine(store.agentId)}`] : [];
    return [...heading, ...linesOf(store)].join('\n');
  });
  return `${texts.join('\n\n')}\n`;
}

function summaryLines(summary: CleanupSummary): readonly string[] {
  const { beforeCount, afterCount, unreferencedArtifacts: artifacts, diskBudget: budget } = summary;
  return [
    `Session store: ${printableLine(summary.storePath)}`,
    `Maintenance mode: ${summary.mode}`,
    `Entries: ${beforeCount} -> ${afterCount} (remove ${beforeCount - afterCount})`,
    `Would prune missing transcripts: ${summary.missing}`,
    `Would retire stale direct DM sessions: ${summary.dmScopeRetired}`,
    `Would prune stale: ${summary.pruned}`,
    `Would cap overflow: ${summary.capped}`,
    ...(artifacts.scannedFiles > 0 ? [`Would prune unreferenced artifacts: ${artifacts.removedFiles}`] : []),
    ...(budget === null
      ? []
      : [
          `Would enforce disk budget: ${budget.totalBytesBefore} -> ${budget.totalBytesAfter} bytes ` +
            `(files ${budget.removedFiles}, entries ${budget.removedEntries})`,
        ]),
  ];
}

/** A row of the table, and why it is what it is. */
export interface TableRow extends ActionRow {
  readonly explained: ExplainedRow | undefined;
}

/** A column of the table, the same in piped text and on a terminal. */
export interface ActionColumn {
  readonly title: string;
  /** Width in piped text, UTF-16 units; longer values push the line out. */
  readonly width: number;
  text(row: TableRow): string;
  paint(row: TableRow, theme: Theme): Paint;
}

export const keyTitle = 'Key';

const columns: readonly ActionColumn[] = [
  {
    title: 'Action',
    width: 16,
    text: ({ action }) => action,
    paint: ({ action }, theme) => actionPaint(action, theme),
  },
  {
    title: keyTitle,
    width: 26,
    text: ({ listed }) => printableLine(listed.key),
    paint: (_row, theme) => theme.accent,
  },
  { title: 'Age', width: 9, text: ({ listed }) => formatAge(listed.ageMs), paint: (_row, theme) => theme.muted },
  { title: 'Model', width: 14, text: ({ listed }) => cellText(listed.model), paint: (_row, theme) => theme.info },
  { title: 'Flags', width: 0, text: ({ listed }) => flagsCell(listed), paint: (_row, theme) => theme.muted },
];

const whyColumn: ActionColumn = {
  title: 'Why',
  width: 0,
  text: ({ explained }) => (explained === undefined ? '' : printableLine(reasonText(explained))),
  paint: (_row, theme) => theme.muted,
};

function actionPaint(action: RowAction, theme: Theme): Paint {
  switch (action) {
    case 'retire-dm-scope':
    case 'prune-stale':
      return theme.warn;
    case 'delete':
    case 'prune-missing':
    case 'evict-budget':
      return theme.error;
    case 'cap-overflow':
      return theme.accentBright;
    case 'keep':
      return theme.muted;
  }
}

function actionTable({ rows, explanation }: StoreReport, theme: Theme, setTable: SetTable): string {
  const explained = new Map(explanation?.rows.map((row) => [row.key, row]));
  const tableRows = rows.map((row) => ({ ...row, explained: explained.get(row.listed.key) }));
  return setTable(explanation === undefined ? columns : [...columns, whyColumn], tableRows, theme);
}

/** Columns of fixed width, padded and never cut but for the key: the piped text of the reference. */
export const setFixedTable: SetTable = (shown, rows, theme) => {
  const lines = rows.map((row) =>
    shown
      .map((column) => {
        const text = column.title === keyTitle ? printableLine(shortKey(row.listed.key)) : column.text(row);
        const padded = text.padEnd(column.width);
        return padded === '' ? '' : column.paint(row, theme)(padded);
      })
      .join(' ')
      .trimEnd(),
  );
  return [theme.heading(shown.map(({ title, width }) => title.padEnd(width)).join(' ')), ...lines].join('\n');
};

function fileLines({ files }: Explanation): readonly string[] {
  return files.length === 0 ? [] : ['', 'Files:', ...files.map((step) => `  ${printableLine(stepLine(step))}`)];
}
