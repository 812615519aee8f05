import type { RowProblem } from '../transcript/rows.ts';

export type WarningSource = 'session' | 'runtime';

/** What was left out of a bundle, or could not be followed; named as in OpenClaw 2026.7.35. */
export type WarningCode =
  | 'invalid-session-json'
  | 'invalid-session-row'
  | 'cyclic-session-branch'
  | 'incomplete-session-branch'
  | 'invalid-runtime-json'
  | 'invalid-runtime-event';

/** One member of `warnings` in manifest.json, its keys in this order. */
export interface ExportWarning {
  readonly source: WarningSource;
  readonly code: WarningCode;
  readonly count: number;
  /** Line numbers from 1, the first 20. */
  readonly rows: readonly number[];
  readonly message: string;
}

export interface Warnings {
  add(code: WarningCode, row: number): void;
  /** One per code, in the order of their first occurrence. */
  list(): readonly ExportWarning[];
}

export function createWarnings(): Warnings {
  const found = new Map<WarningCode, { count: number; readonly rows: number[] }>();
  return {
    add(code, row) {
      const warning = found.get(code) ?? { count: 0, rows: [] };
      warning.count++;
      if (warning.rows.length < maxRows) warning.rows.push(row);
      found.set(code, warning);
    },
    list: () =>
      [...found].map(([code, { count, rows }]) => ({
        source: sourceOf(code),
        code,
        count,
        rows,
        message: messages[code],
      })),
  };
}

const maxRows = 20;

/** The code for a line that was left out. */
export function rowWarning(source: WarningSource, problem: RowProblem): WarningCode {
  if (problem === 'not-json') return source === 'session' ? 'invalid-session-json' : 'invalid-runtime-json';
  return source === 'session' ? 'invalid-session-row' : 'invalid-runtime-event';
}

const sourceOf = (code: WarningCode): WarningSource => (code.includes('runtime') ? 'runtime' : 'session');

const messages: Readonly<Record<WarningCode, string>> = {
  'invalid-session-json': 'Skipped a session JSONL row that is not valid JSON.',
  'invalid-session-row': 'Skipped a session JSONL row that is not a session entry object.',
  'cyclic-session-branch': 'Stopped trajectory session branch export at a cyclic parent link.',
  'incomplete-session-branch': 'Exported the reachable session branch suffix after a missing parent link.',
  'invalid-runtime-json': 'Skipped a runtime trajectory JSONL row that is not valid JSON.',
  'invalid-runtime-event': 'Skipped a runtime trajectory JSONL row that does not match the session schema.',
};
