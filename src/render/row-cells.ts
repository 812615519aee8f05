import type { ListRow } from '../core/list/row.ts';
import { printableLine } from '../core/printable.ts';
import { type Paint, plain, type Theme } from './theme.ts';

/** What the Flags column is made of. */
type FlagSource = Pick<
  ListRow,
  | 'thinkingLevel'
  | 'verboseLevel'
  | 'traceLevel'
  | 'reasoningLevel'
  | 'elevatedLevel'
  | 'responseUsage'
  | 'groupActivation'
  | 'systemSent'
  | 'abortedLastRun'
  | 'sessionId'
>;

type TokenSource = Pick<ListRow, 'totalTokens' | 'contextTokens'>;

/** A stored value as the text of a cell: control characters neutralised (V13). */
export const cellText = (value: unknown): string => printableLine(String(value));

/** Flags column: blank-separated, in this order, each only when truthy. */
export function flagsCell(row: FlagSource): string {
  const labelled: readonly (readonly [string, unknown])[] = [
    ['think', row.thinkingLevel],
    ['verbose', row.verboseLevel],
    ['trace', row.traceLevel],
    ['reasoning', row.reasoningLevel],
    ['elev', row.elevatedLevel],
    ['usage', row.responseUsage],
    ['activation', row.groupActivation],
  ];
  const words = labelled.filter(([, value]) => Boolean(value)).map(([label, value]) => `${label}:${cellText(value)}`);
  if (row.systemSent) words.push('system');
  if (row.abortedLastRun) words.push('aborted');
  if (row.sessionId) words.push(`id:${cellText(row.sessionId)}`);
  return words.join(' ');
}

/** A key of more than 26 UTF-16 units as its first 16, `...` and its last 6: the fixed Key column of piped text. */
export function shortKey(key: string): string {
  return key.length <= 26 ? key : `${key.slice(0, 16)}...${key.slice(-6)}`;
}

/** `12k/200k (6%)`: tokens in the context, its size, and how full it is. */
export function tokensCell({ totalTokens, contextTokens }: TokenSource): string {
  const window = Number(contextTokens);
  const size = window ? inThousands(window) : '?';
  if (totalTokens === null) return `unknown/${size} (?%)`;
  return `${inThousands(totalTokens)}/${size} (${percentFull(totalTokens, window) ?? '?'}%)`;
}

/** The colour of the Tokens cell, by how full the context is. */
export function tokensPaint({ totalTokens, contextTokens }: TokenSource, theme: Theme): Paint {
  if (totalTokens === null) return theme.muted;
  const percent = percentFull(totalTokens, Number(contextTokens));
  if (percent === undefined) return plain;
  if (percent >= 95) return theme.error;
  if (percent >= 80) return theme.warn;
  return percent >= 60 ? theme.success : theme.muted;
}

/** The colour of the Kind cell. */
export function kindPaint(kind: string, theme: Theme): Paint {
  if (kind === 'group') return theme.accentBright;
  if (kind === 'global') return theme.warn;
  return kind === 'direct' ? theme.accent : theme.muted;
}

function percentFull(total: number, window: number): number | undefined {
  return window ? Math.min(999, Math.round((total / window) * 100)) : undefined;
}

function inThousands(tokens: number): string {
  return `${(tokens / 1000).toFixed(tokens < 10_000 ? 1 : 0)}k`;
}
