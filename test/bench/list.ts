import fs from 'node:fs';
import {
  bare,
  type BenchOptions,
  bin,
  budget,
  type BudgetLine,
  type Figures,
  figuresOf,
  inScratchHome,
  measure,
  parse,
  printFigures,
  ratioOf,
  slopeOf,
  type Subject,
} from './measure.ts';
import { type StoreSpec, storeSpecs, writeStore } from './stores.ts';

const list = 'list --json';
const all = 'list --json --limit all';
const text = 'list';
const peer = 'P7 sessions --json';

/** What a listing costs, against the bare runtime (S) and a plain parse of the same store (F). */
export function benchList(options: BenchOptions): readonly BudgetLine[] {
  const { empty, small1k, small10k, fat1k, small100k, fat10k } = storeSpecs;
  const of = Object.fromEntries(
    [empty, small1k, small10k, fat1k, small100k, fat10k].map((spec) => [spec.name, measureStore(spec, options)]),
  );
  const figures = ({ name }: StoreSpec): readonly Figures[] => of[name] ?? [];
  const measured = [small1k, small10k, fat1k, small100k, fat10k];
  const overBare = (spec: StoreSpec): BudgetLine => ({
    what: `${spec.name}: peak over bare Node`,
    value: figuresOf(figures(spec), list).peakMiB - figuresOf(figures(spec), 'S').peakMiB,
    goal: 45 + (0.6 * spec.entries) / 1024,
    unit: 'MiB',
  });
  const againstPeer = (spec: StoreSpec, part: number): readonly BudgetLine[] =>
    options.p7 === undefined
      ? []
      : [
          {
            what: `${spec.name}: CPU, against P7`,
            value: ratioOf(figures(spec), list, peer, 'cpuMs'),
            goal: 1 / part,
            unit: 'P7',
          },
        ];
  return [
    ...budget('--version', figures(empty), '--version', 'S', { cpu: 1.7 }),
    ...budget('--help', figures(empty), '--help', 'S', { cpu: 1.7 }),
    ...budget('list --json, empty', figures(empty), list, 'S', { cpu: 1.9 }),
    { ...overBare(empty), goal: 15 },
    ...budget('list --json, small-1k', figures(small1k), list, 'F', { cpu: 1.75 }),
    ...budget('small-10k', figures(small10k), list, 'F', { cpu: 1.6 }),
    ...budget('fat-1k', figures(fat1k), list, 'F', { cpu: 1.1, peak: 0.6 }),
    ...budget('small-100k', figures(small100k), list, 'F', { cpu: 1.1, peak: 0.4 }),
    ...budget('fat-10k', figures(fat10k), list, 'F', { cpu: 0.55, peak: 0.15 }),
    ...budget('--limit all, fat-10k', figures(fat10k), all, 'F', { cpu: 0.65, peak: 0.15 }),
    ...budget('--limit all, small-100k', figures(small100k), all, 'F', { cpu: 2 }),
    {
      what: 'text against JSON, the worst of all stores: CPU',
      value: Math.max(...measured.map((spec) => ratioOf(figures(spec), text, list, 'cpuMs'))),
      goal: 1.3,
      unit: '',
    },
    overBare(small100k),
    overBare(fat10k),
    {
      what: 'growth from small-10k to small-100k: slope',
      value: slopeOf(
        list,
        { size: small10k.entries, figures: figures(small10k) },
        { size: small100k.entries, figures: figures(small100k) },
      ),
      goal: 1.05,
      unit: '',
    },
    ...againstPeer(small10k, 20),
    ...againstPeer(fat10k, 8),
    ...againstPeer(small100k, 20),
  ];
}

/** Stores that the peer is measured with; it takes a minute for some. */
const peerStores: readonly string[] = [storeSpecs.small10k, storeSpecs.fat10k, storeSpecs.small100k].map(
  ({ name }) => name,
);

function measureStore(spec: StoreSpec, { rounds, p7 }: BenchOptions): readonly Figures[] {
  return inScratchHome((home) => {
    const file = writeStore(home, spec);
    const sessions = (name: string): Subject => ({ name, args: [bin, ...name.split(' ')], home });
    const subjects: Subject[] = [bare, parse(file), sessions(list), sessions(all), sessions(text)];
    if (spec.entries === 0) subjects.push(sessions('--version'), sessions('--help'));
    if (p7 !== undefined && peerStores.includes(spec.name)) {
      subjects.push({ name: peer, args: [p7, 'sessions', '--json'], home, hasChildren: true });
    }
    const figures = measure(subjects, rounds);
    printFigures(`${spec.name}: ${(fs.statSync(file).size / 1e6).toFixed(1)} MB`, figures, ['S', 'F']);
    return figures;
  });
}
