// npm run bench:cleanup [-- rounds [part...]] — what a cleanup costs (docs/performance.md). Parts: fat, folder, growth.
// Yardsticks: S the bare runtime, F a plain parse of the same store, R a plain rewrite that keeps as many entries.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Figures, measure, printFigures, type Subject } from './measure.ts';
import { storeSpecs, writeStore } from './stores.ts';

const bin = path.resolve(import.meta.dirname, '../../bin/sessions.js');
const counter = path.resolve(import.meta.dirname, '../helpers/count-calls.mjs');
const rounds = Number(process.argv[2] ?? 5);
const parts = process.argv.length > 3 ? process.argv.slice(3) : ['fat', 'folder', 'growth'];
const dayMs = 86_400_000;
console.log(`Node ${process.version}, ${os.availableParallelism()} cores, ${rounds} rounds, medians`);

if (parts.includes('fat')) inScratchHome(measureFat);
if (parts.includes('folder')) inScratchHome(measureFolder);
if (parts.includes('growth')) measureGrowth([1000, 3000, 10_000]);

/** A store above the threshold, without transcripts: reading, choosing and rewriting alone. */
function measureFat(home: string): void {
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
      { name: 'cleanup --dry-run --json', args: [bin, 'cleanup', '--store', store, '--dry-run', '--json'], home },
      rewrite('R keeping 90%', 0.9),
      enforce('cleanup --enforce keeping 90%', keepMost),
      rewrite('R keeping 15%', 0.15),
      enforce('cleanup --enforce, default cut', {}),
    ],
    rounds,
  );
  printFigures(`fat-10k: ${(fs.statSync(original).size / 1e6).toFixed(0)} MB`, figures, ['F']);
  printGoal(figures, 'cleanup --dry-run --json', 'F', { cpu: 0.65, peak: 0.15 });
  printGoal(figures, 'cleanup --enforce keeping 90%', 'R keeping 90%', { cpu: 0.65, peak: 0.2 });
  printGoal(figures, 'cleanup --enforce, default cut', 'R keeping 15%', { cpu: 0.7, peak: 0.25 });
}

/** Small entries with 9,000 transcripts, 1,000 entries without one, 800 other files. */
function measureFolder(home: string): void {
  const store = fill(home, { entries: 10_000, isMissing: (index) => index % 10 === 0, orphans: 800 });
  const figures = measure(
    [
      bare,
      parse(store),
      { name: 'cleanup --dry-run --json', args: [bin, 'cleanup', '--store', store, '--dry-run', '--json'], home },
    ],
    rounds,
  );
  printFigures('folder-10k: 9,000 transcripts, 800 other files', figures, ['S', 'F']);
  printGoal(figures, 'cleanup --dry-run --json', 'F', { cpu: 2.6 });
}

/** Full folders of growing size: as many transcripts as entries, half as many files that no row names. */
function measureGrowth(sizes: readonly number[]): void {
  const all: (readonly [entries: number, figures: readonly Figures[]])[] = [];
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
      all.push([entries, figures]);
    });
  }
  printGrowth(all);
}

const bare: Subject = { name: 'S', args: ['-e', '0'] };

function parse(store: string): Subject {
  return { name: 'F', args: ['-e', `JSON.parse(require('fs').readFileSync(${JSON.stringify(store)}, 'utf8'))`] };
}

/** Deletes the oldest entries, which come first, and writes the others. */
function rewriteScript(store: string, part: number): string {
  return `const fs = require('fs'), store = ${JSON.stringify(store)};
    const rows = JSON.parse(fs.readFileSync(store, 'utf8')), keys = Object.keys(rows);
    for (const key of keys.slice(0, keys.length * ${1 - part})) delete rows[key];
    fs.writeFileSync(store + '.new', JSON.stringify(rows, null, 2));
    fs.renameSync(store + '.new', store);`;
}

function inScratchHome(work: (home: string) => void): void {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'sessions-bench-'));
  try {
    work(home);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
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
  const run = spawnSync(process.execPath, ['--import', counter, bin, 'cleanup', '--store', store, ...args], { env });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return fs.readFileSync(file, 'utf8');
}

function printGoal(
  figures: readonly Figures[],
  name: string,
  yardstick: string,
  goal: { readonly cpu: number; readonly peak?: number },
): void {
  const [own, other] = [name, yardstick].map((each) => figures.find((figure) => figure.name === each));
  if (own === undefined || other === undefined) throw new Error(`not measured: ${name}, ${yardstick}`);
  const cpu = `CPU ${(own.cpuMs / other.cpuMs).toFixed(2)} (goal ${goal.cpu})`;
  const peak = goal.peak === undefined ? '' : `, peak ${(own.peakMiB / other.peakMiB).toFixed(2)} (goal ${goal.peak})`;
  console.log(`${name} / ${yardstick}: ${cpu}${peak}`);
}

/** The slope of log cost over log size, start-up taken off: 1 is linear. */
function printGrowth(all: readonly (readonly [entries: number, figures: readonly Figures[]])[]): void {
  const [first, last] = [all[0], all.at(-1)];
  if (first === undefined || last === undefined || first === last) return;
  for (const index of [2, 3]) {
    const cost = ([, figures]: typeof first): number => (figures[index]?.cpuMs ?? NaN) - (figures[0]?.cpuMs ?? NaN);
    const slope = Math.log(cost(last) / cost(first)) / Math.log(last[0] / first[0]);
    console.log(`growth of ${first[1][index]?.name ?? ''} from ${first[0]} to ${last[0]} entries: ${slope.toFixed(2)}`);
  }
}
