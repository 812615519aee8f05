import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {
  bare,
  type BenchOptions,
  bin,
  budget,
  type BudgetLine,
  type Figures,
  inScratchHome,
  measure,
  parse,
  printFigures,
  ratioOf,
  slopeOf,
  type Subject,
} from './measure.ts';
import { storeSpecs, writeStore } from './stores.ts';

const counter = path.resolve(import.meta.dirname, '../helpers/count-calls.mjs');
const dayMs = 86_400_000;
const dryRun = 'cleanup --dry-run --json';
const peer = 'P5 sessions cleanup --dry-run';

/** What a cleanup costs, against a plain parse of the same store (F) and a plain rewrite that keeps as many entries (R). */
export function benchCleanup(options: BenchOptions): readonly BudgetLine[] {
  return [
    ...inScratchHome((home) => measureFolder(home, options)),
    ...inScratchHome((home) => measureFat(home, options)),
    ...measureGrowth([1000, 3000, 10_000], options),
  ];
}

/** A store above the threshold, without transcripts: reading, choosing and rewriting alone. */
function measureFat(home: string, { rounds, p5 }: BenchOptions): readonly BudgetLine[] {
  const store = writeStore(home, storeSpecs.fat10k);
  const original = `${store}.original`;
  fs.renameSync(store, original);
  // As in real life the store was not written a moment ago.
  const restore = (): void => {
    fs.copyFileSync(original, store);
    fs.utimesSync(store, Date.now() / 1000 - 3600, Date.now() / 1000 - 3600);
  };
  const keepMost = { pruneAfter: '3650d', maxEntries: 9000 };
  const enforce = (name: string, maintenance: object): Subject => ({
    name,
    args: [bin, 'cleanup', '--store', store, '--enforce', '--json'],
    home,
    prepare: () => {
      restore();
      fs.writeFileSync(path.join(home, '.openclaw/openclaw.json'), JSON.stringify({ session: { maintenance } }));
    },
  });
  const rewrite = (name: string, part: number): Subject => ({
    name,
    args: ['-e', rewriteScript(store, part)],
    prepare: restore,
  });
  const figures = measure(
    [
      bare,
      { ...parse(store), prepare: restore },
      { name: dryRun, args: [bin, 'cleanup', '--store', store, '--dry-run', '--json'], home },
      ...peerSubjects(p5, store, home),
      rewrite('R keeping 90%', 0.9),
      enforce('enforce keeping 90%', keepMost),
      rewrite('R keeping 15%', 0.15),
      enforce('enforce, default cut', {}),
    ],
    rounds,
  );
  printFigures(`fat-10k: ${(fs.statSync(original).size / 1e6).toFixed(0)} MB`, figures, ['F']);
  return [
    ...budget('cleanup --dry-run --json, fat-10k', figures, dryRun, 'F', { cpu: 0.65, peak: 0.15 }),
    ...budget('cleanup --enforce, fat-10k, keeping 90%', figures, 'enforce keeping 90%', 'R keeping 90%', {
      cpu: 0.65,
      peak: 0.2,
    }),
    ...budget('... default cut', figures, 'enforce, default cut', 'R keeping 15%', { cpu: 0.7, peak: 0.25 }),
    ...againstPeer('fat-10k', figures),
  ];
}

/** Small entries with 9,000 transcripts, 1,000 entries without one, 800 other files. */
function measureFolder(home: string, { rounds, p5 }: BenchOptions): readonly BudgetLine[] {
  const store = fill(home, { entries: 10_000, isMissing: (index) => index % 10 === 0, orphans: 800 });
  const figures = measure(
    [
      bare,
      parse(store),
      { name: dryRun, args: [bin, 'cleanup', '--store', store, '--dry-run', '--json'], home },
      ...peerSubjects(p5, store, home),
    ],
    rounds,
  );
  printFigures('folder-10k: 9,000 transcripts, 800 other files', figures, ['S', 'F']);
  return [
    ...budget('cleanup --dry-run --json, folder-10k', figures, dryRun, 'F', { cpu: 2.6 }),
    ...againstPeer('folder-10k', figures),
  ];
}

function peerSubjects(p5: string | undefined, store: string, home: string): readonly Subject[] {
  if (p5 === undefined) return [];
  return [
    { name: peer, args: [p5, 'sessions', 'cleanup', '--store', store, '--dry-run', '--json'], home, hasChildren: true },
  ];
}

function againstPeer(what: string, figures: readonly Figures[]): readonly BudgetLine[] {
  if (figures.every(({ name }) => name !== peer)) return [];
  const value = ratioOf(figures, dryRun, peer, 'cpuMs');
  return [{ what: `cleanup --dry-run --json, ${what}: CPU, against P5`, value, goal: 1 / 12, unit: 'P5' }];
}

/** Full folders of growing size: as many transcripts as entries, half as many files that no row names. */
function measureGrowth(sizes: readonly number[], { rounds }: BenchOptions): readonly BudgetLine[] {
  const all: { readonly size: number; readonly figures: readonly Figures[] }[] = [];
  for (const entries of sizes) {
    inScratchHome((home) => {
      const store = fill(home, { entries, isMissing: () => false, orphans: entries / 2 });
      const dir = path.dirname(store);
      const original = path.join(home, 'original');
      fs.renameSync(dir, original);
      const restore = (): void => {
        fs.rmSync(dir, { recursive: true, force: true });
        fs.cpSync(original, dir, { recursive: true, preserveTimestamps: true });
      };
      const run = (...args: readonly string[]): Subject => ({
        name: ['cleanup', ...args].join(' '),
        args: [bin, 'cleanup', '--store', store, ...args],
        home,
        prepare: restore,
      });
      const subjects = [
        bare,
        { ...parse(store), prepare: restore },
        run('--dry-run', '--json'),
        run('--enforce', '--json'),
      ];
      const figures = measure(subjects, rounds);
      printFigures(`${entries} entries, ${entries} transcripts, ${entries / 2} orphans`, figures, ['S', 'F']);
      for (const args of [['--dry-run'], ['--enforce']]) {
        restore();
        console.log(`calls with ${args.join(' ')}: ${countCalls(home, store, args)}`);
      }
      all.push({ size: entries, figures });
    });
  }
  const [first, last] = [all[0], all.at(-1)];
  if (first === undefined || last === undefined) return [];
  return ['--dry-run', '--enforce'].map((how) => ({
    what: `cleanup ${how}, growth from ${first.size} to ${last.size} entries with transcripts: slope`,
    value: slopeOf(`cleanup ${how} --json`, first, last),
    goal: 1.05,
    unit: '',
  }));
}

/** Deletes the oldest entries, which come first, and writes the others. */
function rewriteScript(store: string, part: number): string {
  return `const fs = require('fs'), store = ${JSON.stringify(store)};
    const rows = JSON.parse(fs.readFileSync(store, 'utf8')), keys = Object.keys(rows);
    for (const key of keys.slice(0, keys.length * ${1 - part})) delete rows[key];
    fs.writeFileSync(store + '.new', JSON.stringify(rows, null, 2));
    fs.renameSync(store + '.new', store);`;
}

/** A store of small entries, their transcripts, and orphans of which half are old. Returns the store. */
function fill(
  home: string,
  { entries, isMissing, orphans }: { entries: number; isMissing: (index: number) => boolean; orphans: number },
): string {
  const store = writeStore(home, { name: 'folder', entries, bytesPerEntry: 760 });
  const dir = path.dirname(store);
  const rows = JSON.parse(fs.readFileSync(store, 'utf8')) as Record<string, { sessionId: string; updatedAt: number }>;
  for (const [index, { sessionId, updatedAt }] of Object.values(rows).entries()) {
    if (!isMissing(index)) write(`${sessionId}.jsonl`, updatedAt);
  }
  for (let orphan = 0; orphan < orphans; orphan++) {
    write(`orphan-${orphan}.jsonl`, Date.now() - (orphan % 2 === 0 ? 60 : 2) * dayMs);
  }
  return store;

  function write(name: string, timeMs: number): void {
    const file = path.join(dir, name);
    fs.writeFileSync(file, '{"type":"session"}\n');
    fs.utimesSync(file, timeMs / 1000, timeMs / 1000);
  }
}

function countCalls(home: string, store: string, args: readonly string[]): string {
  const file = path.join(home, 'counts.json');
  const env = { ...process.env, HOME: home, COUNT_BELOW: path.dirname(store), COUNT_FILE: file };
  const run = spawnSync(process.execPath, ['--import', counter, bin, 'cleanup', '--store', store, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return fs.readFileSync(file, 'utf8');
}
