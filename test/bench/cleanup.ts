// npm run bench:cleanup [-- rounds [entries...]] — what a cleanup costs in a full folder: as many transcripts as entries,
// half as many files that no row names. Against the bare runtime (S) and a plain parse of the same store (F).
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Figures, measure, printFigures } from './measure.ts';
import { writeStore } from './stores.ts';

const bin = path.resolve(import.meta.dirname, '../../bin/sessions.js');
const counter = path.resolve(import.meta.dirname, '../helpers/count-calls.mjs');
const [rounds = 5, ...given] = process.argv.slice(2).map(Number);
const sizes = given.length === 0 ? [1000, 3000, 10_000] : given;
const dayMs = 86_400_000;
console.log(`Node ${process.version}, ${os.availableParallelism()} cores, ${rounds} rounds, medians`);

const all: (readonly [entries: number, figures: readonly Figures[]])[] = [];
for (const entries of sizes) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'sessions-bench-'));
  try {
    const home = path.join(root, 'home');
    const store = fill(home, entries);
    // Every round of an applied run needs a folder of its own, and one more for the round that does not count.
    const applied = Array.from({ length: rounds + 1 }, (_, round) => copy(home, path.join(root, String(round))));
    const figures = measure(
      [
        { name: 'S', args: ['-e', '0'] },
        { name: 'F', args: ['-e', `JSON.parse(require('fs').readFileSync(${JSON.stringify(store)}, 'utf8'))`] },
        { name: 'cleanup --dry-run --json', args: [bin, 'cleanup', '--store', store, '--dry-run', '--json'], home },
        {
          name: 'cleanup --enforce --json',
          args: ['-e', applyNext(applied)],
          home,
        },
      ],
      rounds,
    );
    printFigures(`${entries} entries, ${entries} transcripts, ${entries / 2} orphans`, figures, ['S', 'F']);
    console.log('calls of a dry run ', countCalls(home, store, ['--dry-run']));
    console.log('calls of an applied', countCalls(home, store, ['--enforce']));
    all.push([entries, figures]);
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}
printGrowth();

/** A store, its transcripts, and orphans of which half are old. Returns the store. */
function fill(home: string, entries: number): string {
  const store = writeStore(home, { name: 'folder', entries, bytesPerEntry: 760 });
  const dir = path.dirname(store);
  const rows = JSON.parse(fs.readFileSync(store, 'utf8')) as Record<string, { sessionId: string; updatedAt: number }>;
  for (const { sessionId, updatedAt } of Object.values(rows)) write(`${sessionId}.jsonl`, updatedAt);
  for (let orphan = 0; orphan < entries / 2; orphan++) {
    write(`orphan-${orphan}.jsonl`, Date.now() - (orphan % 2 === 0 ? 60 : 2) * dayMs);
  }
  return store;

  function write(name: string, timeMs: number): void {
    const file = path.join(dir, name);
    fs.writeFileSync(file, '{"type":"session"}\n');
    fs.utimesSync(file, timeMs / 1000, timeMs / 1000);
  }
}

function copy(from: string, to: string): string {
  fs.cpSync(from, to, { recursive: true, preserveTimestamps: true });
  return path.join(to, '.openclaw/agents/main/sessions/sessions.json');
}

/** A script that cleans up the first folder that was not cleaned up yet. */
function applyNext(stores: readonly string[]): string {
  return `const fs = require('fs');
    const store = ${JSON.stringify(stores)}.find((each) => !fs.existsSync(each + '.used'));
    fs.writeFileSync(store + '.used', '');
    process.argv.splice(1, 0, ${JSON.stringify(bin)}, 'cleanup', '--store', store, '--enforce', '--json');
    import(${JSON.stringify(bin)});`;
}

function countCalls(home: string, store: string, args: readonly string[]): string {
  const file = path.join(home, 'counts.json');
  const env = { ...process.env, HOME: home, COUNT_BELOW: path.dirname(store), COUNT_FILE: file };
  const run = spawnSync(process.execPath, ['--import', counter, bin, 'cleanup', '--store', store, ...args], { env });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return fs.readFileSync(file, 'utf8');
}

/** The slope of log cost over log size, start-up taken off: 1 is linear. */
function printGrowth(): void {
  const [first, last] = [all[0], all.at(-1)];
  if (first === undefined || last === undefined || first === last) return;
  for (const index of [2, 3]) {
    const cost = ([, figures]: typeof first): number => (figures[index]?.cpuMs ?? NaN) - (figures[0]?.cpuMs ?? NaN);
    const slope = Math.log(cost(last) / cost(first)) / Math.log(last[0] / first[0]);
    console.log(`growth of ${first[1][index]?.name ?? ''} from ${first[0]} to ${last[0]} entries: ${slope.toFixed(2)}`);
  }
}
