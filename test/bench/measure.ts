import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** A program to measure: arguments of node, and what it runs with. */
export interface Subject {
  readonly name: string;
  readonly args: readonly string[];
  readonly home?: string;
  /** Made before every run, outside of the measurement. */
  readonly prepare?: () => void;
}

/** Medians over the rounds. */
export interface Figures {
  readonly name: string;
  /** User and system time of the whole process. */
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakMiB: number;
}

const preload = path.join(import.meta.dirname, 'report-usage.cjs');

/**
 * Runs all subjects in turn, round by round (A B C, A B C, ...), after one round that does not count, so that a noisy
 * machine is noisy for all of them. Only ratios between subjects of one call mean something.
 */
export function measure(subjects: readonly Subject[], rounds = 5): readonly Figures[] {
  const runs = subjects.map(() => [] as Omit<Figures, 'name'>[]);
  for (let round = -1; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      const run = runOnce(subject);
      if (round >= 0) runs[index]?.push(run);
    }
  }
  return subjects.map(({ name }, index) => ({
    name,
    cpuMs: median(runs[index]?.map(({ cpuMs }) => cpuMs) ?? []),
    wallMs: median(runs[index]?.map(({ wallMs }) => wallMs) ?? []),
    peakMiB: median(runs[index]?.map(({ peakMiB }) => peakMiB) ?? []),
  }));
}

function runOnce({ name, args, home, prepare }: Subject): Omit<Figures, 'name'> {
  prepare?.();
  const begin = performance.now();
  const result = spawnSync(process.execPath, ['-r', preload, ...args], {
    env: { PATH: process.env['PATH'], HOME: home ?? '/nonexistent', TERM: 'dumb' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 2 ** 31,
  });
  const wallMs = performance.now() - begin;
  if (result.status !== 0) throw new Error(`${name} ended with ${result.status}: ${result.stderr.toString()}`);
  const usage = JSON.parse(String(result.output[3])) as NodeJS.ResourceUsage;
  return { wallMs, cpuMs: (usage.userCPUTime + usage.systemCPUTime) / 1000, peakMiB: usage.maxRSS / 1024 };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The figures of one store as lines of a table: each with its ratio to the yardsticks S (bare runtime) and F (plain parse). */
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
    const ratios = yardsticks.map((yardstick) => {
      const other = figures.find((each) => each.name === yardstick);
      return other === undefined ? '-' : `${(cpuMs / other.cpuMs).toFixed(2)}  ${(peakMiB / other.peakMiB).toFixed(2)}`;
    });
    const cells = [cpuMs.toFixed(0).padStart(6), wallMs.toFixed(0).padStart(7), peakMiB.toFixed(0).padStart(8)];
    console.log([name.padEnd(34), ...cells, ...ratios].join('  '));
  }
}
