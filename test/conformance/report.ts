import fs from 'node:fs';
import path from 'node:path';
import type { Verdict } from './judge.ts';
import type { Case } from './state.ts';

/** What came of the cases of one command. */
export interface Tally {
  readonly command: string;
  readonly cases: number;
  readonly equal: number;
  /** By name; a case may count for several. */
  readonly deviations: ReadonlyMap<string, number>;
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly folder: string;
  readonly unexplained: readonly string[];
}

/** The table that a run prints. */
export function comparisonTable(
  { release, seed, cases }: { readonly release: string; readonly seed: number; readonly cases: number },
  tallies: readonly Tally[],
  tookMs: number,
): string {
  const rows = tallies.map(({ command, cases: count, equal, failures }) =>
    [command, count, equal, count - equal - failures.length, failures.length].map(String),
  );
  const head = ['command', 'cases', 'equal', 'listed', 'unexplained'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ');
  return [
    `OpenClaw ${release}, seed ${seed}, ${cases} cases, ${Math.round(tookMs / 1000)} s`,
    '',
    line(head),
    ...rows.map(line),
    ...tallies.flatMap(deviationLines),
    ...tallies.flatMap(({ failures }) => failures).flatMap(failureLines),
    '',
  ].join('\n');
}

function deviationLines({ command, deviations }: Tally): readonly string[] {
  if (deviations.size === 0) return [];
  const byNumber = ([a]: [string, number], [b]: [string, number]): number =>
    a.localeCompare(b, 'en', { numeric: true });
  return [
    '',
    `${command}, listed deviations:`,
    ...[...deviations].sort(byNumber).map(([name, count]) => `  ${String(count).padStart(3)}  ${name}`),
  ];
}

function failureLines({ folder, unexplained }: Failure): readonly string[] {
  return ['', `unexplained: ${folder}`, ...unexplained.slice(0, 12).map((each) => `  ${each}`)];
}

/** Keeps a failing case: `case.json` to replay it, both outcomes, and what differs. */
export function saveFailure(
  folder: string,
  failed: {
    readonly command: string;
    readonly seed: number;
    readonly index: number;
    readonly given: Case;
    readonly verdict: Verdict;
  },
): Failure {
  const { given, verdict, ...where } = failed;
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const save = (name: string, value: unknown): void => {
    fs.writeFileSync(path.join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  };
  save('case.json', { ...where, ...given });
  save('reference.json', verdict.reference);
  save('ours.json', verdict.ours);
  fs.writeFileSync(path.join(folder, 'difference.txt'), `${verdict.unexplained.join('\n')}\n`);
  return { folder, unexplained: verdict.unexplained };
}
