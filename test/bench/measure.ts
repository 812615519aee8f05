import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The built program that is measured. */
export const bin = path.resolve(import.meta.dirname, '../../bin/sessions.js');

/** How a benchmark is run. */
export interface BenchOptions {
  readonly rounds: number;
  /** The script of an installed OpenClaw 2026.7.35, to list with. */
  readonly p7?: string | undefined;
  /** The script of an installed OpenClaw 2026.5.12, to clean up with. */
  readonly p5?: string | undefined;
}

/** A program to measure: arguments of node, and what it runs with. */
export interface Subject {
  readonly name: string;
  readonly args: readonly string[];
  readonly home?: string;
  readonly cwd?: string;
  /** Made before every run, outside of the measurement. */
  readonly prepare?: () => void;
  /** It may run programs of its own, whose CPU time is counted too; its peak is not known then. */
  readonly hasChildren?: boolean;
}

/** Medians over the rounds, and every round. */
export interface Figures extends Run {
  readonly name: string;
  readonly runs: readonly Run[];
}

interface Run {
  /** User and system time of the whole process. */
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakMiB: number;
}

/** The bare runtime. */
export const bare: Subject = { name: 'S', args: ['-e', '0'] };

/** A plain reader, which does nothing with what it read. */
export function parse(store: string): Subject {
  return { name: 'F', args: ['-e', `JSON.parse(require('fs').readFileSync(${JSON.stringify(store)}, 'utf8'))`] };
}

const preload = path.join(import.meta.dirname, 'report-usage.cjs');

/**
 * Runs all subjects in turn, round by round (A B C, A B C, ...), after one round that does not count, so that a noisy
 * machine is noisy for all of them. Only ratios between subjects of one call mean something.
 */
export function measure(subjects: readonly Subject[], rounds = 5): readonly Figures[] {
  const runs = subjects.map(() => [] as Run[]);
  for (let round = -1; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      const run = runOnce(subject);
      if (round >= 0) runs[index]?.push(run);
    }
  }
  return subjects.map(({ name }, index) => {
    const own = runs[index] ?? [];
    return {
      name,
      runs: own,
      cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
      wallMs: median(own.map(({ wallMs }) => wallMs)),
      peakMiB: median(own.map(({ peakMiB }) => peakMiB)),
    };
  });
}

function runOnce({ name, args, home, cwd, prepare, hasChildren }: Subject): Run {
  prepare?.();
  const options = {
    env: { PATH: process.env['PATH'], HOME: home ?? '/nonexistent', TERM: 'dumb' },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'] as ('ignore' | 'pipe')[],
    maxBuffer: 2 ** 31,
  };
  const begin = performance.now();
  const result =
    hasChildren === true
      ? spawnSync('sh', ['-c', '"$@" >/dev/null && times', 'sh', process.execPath, ...args], options)
      : spawnSync(process.execPath, ['-r', preload, ...args], options);
  const wallMs = performance.now() - begin;
  if (result.status !== 0) throw new Error(`${name} ended with ${result.status}: ${result.stderr.toString()}`);
  if (hasChildren === true) return { wallMs, cpuMs: childrenMs(result.stdout.toString()), peakMiB: NaN };
  const usage = JSON.parse(String(result.output[3])) as NodeJS.ResourceUsage;
  return { wallMs, cpuMs: (usage.userCPUTime + usage.systemCPUTime) / 1000, peakMiB: usage.maxRSS / 1024 };
}

/** The second line of the shell's `times`: user and system time of what it ran, such as `0m3.20s 0m0.41s`. */
function childrenMs(times: string): number {
  const line = times.trim().split('\n').at(-1) ?? '';
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60_000 + Number(s) * 1000,
    0,
  );
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The figures of one subject. */
export function figuresOf(figures: readonly Figures[], name: string): Figures {
  const found = figures.find((each) => each.name === name);
  if (found === undefined) throw new Error(`not measured: ${name}`);
  return found;
}

/** What one subject costs for each unit of another: the median of the ratios within the rounds. */
export function ratioOf(figures: readonly Figures[], name: string, yardstick: string, of: 'cpuMs' | 'peakMiB'): number {
  const other = figuresOf(figures, yardstick).runs;
  return median(figuresOf(figures, name).runs.map((run, round) => run[of] / (other[round]?.[of] ?? NaN)));
}

/** The slope of log cost over log size, start-up taken off: 1 is linear. */
export function slopeOf(
  name: string,
  small: { readonly size: number; readonly figures: readonly Figures[] },
  large: { readonly size: number; readonly figures: readonly Figures[] },
): number {
  const cost = ({ figures }: typeof small): number => figuresOf(figures, name).cpuMs - figuresOf(figures, 'S').cpuMs;
  return Math.log(cost(large) / cost(small)) / Math.log(large.size / small.size);
}

/** One line of the budget (docs/performance.md). */
export interface BudgetLine {
  readonly what: string;
  readonly value: number;
  /** The value may not be larger. */
  readonly goal: number;
  /** Such as F, S, MiB. */
  readonly unit: string;
}

/** Lines for CPU and, where it has a goal, peak memory of a subject. */
export function budget(
  what: string,
  figures: readonly Figures[],
  name: string,
  yardstick: string,
  goals: { readonly cpu?: number; readonly peak?: number },
): readonly BudgetLine[] {
  const unit = yardstick.split(' ')[0] ?? '';
  const line = (kind: string, of: 'cpuMs' | 'peakMiB', goal: number | undefined): readonly BudgetLine[] =>
    goal === undefined ? [] : [{ what: `${what}: ${kind}`, value: ratioOf(figures, name, yardstick, of), goal, unit }];
  return [...line('CPU', 'cpuMs', goals.cpu), ...line('peak', 'peakMiB', goals.peak)];
}

export function printBudget(lines: readonly BudgetLine[]): void {
  console.log('\n| What | Here | Goal | |\n|---|---|---|---|');
  for (const { what, value, goal, unit } of lines) {
    const [here, most] = [value, goal].map((each) => `${Number(each.toPrecision(3))} ${unit}`.trim());
    console.log(`| ${what} | ${here} | <= ${most} | ${value <= goal ? 'met' : 'MISSED'} |`);
  }
}

/** The figures of one store as lines of a table: each with its ratio to the yardsticks. */
export function printFigures(title: string, figures: readonly Figures[], yardsticks: readonly string[]): void {
  console.log(`\n${title}`);
  console.log(
    [
      'program'.padEnd(34),
      'CPU ms',
      'wall ms',
      'peak MiB',
      ...yardsticks.map((name) => `CPU/${name} peak/${name}`),
    ].join('  '),
  );
  for (const { name, cpuMs, wallMs, peakMiB } of figures) {
    const ratios = yardsticks.map((yardstick) =>
      (['cpuMs', 'peakMiB'] as const).map((of) => ratioOf(figures, name, yardstick, of).toFixed(2)).join('  '),
    );
    const cells = [cpuMs.toFixed(0).padStart(6), wallMs.toFixed(0).padStart(7), peakMiB.toFixed(0).padStart(8)];
    console.log([name.padEnd(34), ...cells, ...ratios].join('  '));
  }
}

/** A folder to work in, which is gone afterwards. */
export function inScratchHome<T>(work: (home: string) => T): T {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'sessions-bench-'));
  try {
    return work(home);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}
