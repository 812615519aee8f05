import fs from 'node:fs';
import path from 'node:path';
import type { Catch } from './broken.ts';
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

/** What a run prints, as it stands in docs/conformance.md. */
export function comparisonTable(
  { release, seed, cases }: { readonly release: string; readonly seed: number; readonly cases: number },
  tallies: readonly Tally[],
  tookMs: number,
): string {
  const rows = tallies.map((tally) => [tally.command, ...countsOf(tally)]);
  const all = tallies.map(countsOf).reduce((sums, counts) => sums.map((sum, column) => sum + counts[column]!));
  return [
    `OpenClaw ${release}, seed ${seed}, ${cases} cases, ${Math.round(tookMs / 1000)} s`,
    '',
    ...table(
      ['command', 'cases', 'equal', 'listed', 'unexplained'],
      [...rows, ...(rows.length > 1 ? [['all', ...all]] : [])],
    ),
    ...tallies.flatMap(deviationLines),
    ...tallies.flatMap(({ failures }) => failures).flatMap(failureLines),
    '',
  ].join('\n');
}

const countsOf = ({ cases, equal, failures }: Tally): readonly number[] => [
  cases,
  equal,
  cases - equal - failures.length,
  failures.length,
];

/** A build with one thing wrong, and how it was noticed. */
export interface BrokenResult extends Catch {
  readonly what: string;
}

/** What a run over the broken builds prints. */
export function brokenTable(release: string, results: readonly BrokenResult[]): string {
  const caught = results.filter(({ unexplained }) => unexplained.length > 0).length;
  const rows = results.map(({ what, cases, unexplained }) => [
    what,
    cases,
    unexplained.length > 0 ? 'caught' : 'missed',
  ]);
  return [
    `OpenClaw ${release}, broken builds: ${caught} of ${results.length} caught`,
    '',
    ...table(['broken', 'cases', 'outcome'], rows),
    '',
  ].join('\n');
}

/** The first column to the left, the others to the right. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): readonly string[] {
  const lines = [head, ...rows].map((cells) => cells.map(String));
  const widths = head.map((_title, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  return lines.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
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
