// npm run bench:list [-- rounds [store]] — what a listing costs, against the bare runtime (S) and a plain parse of the same file (F).
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { measure, printFigures, type Subject } from './measure.ts';
import { storeSpecs, writeStore } from './stores.ts';

const bin = path.resolve(import.meta.dirname, '../../bin/sessions.js');
const rounds = Number(process.argv[2] ?? 5);
const only = process.argv[3];
console.log(`Node ${process.version}, ${os.availableParallelism()} cores, ${rounds} rounds, medians`);

for (const spec of Object.values(storeSpecs).filter(({ name }) => only === undefined || name.startsWith(only))) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'sessions-bench-'));
  try {
    const file = writeStore(home, spec);
    const plain = `JSON.parse(require('fs').readFileSync(${JSON.stringify(file)}, 'utf8'))`;
    const subjects: Subject[] = [
      { name: 'S', args: ['-e', '0'] },
      { name: 'F', args: ['-e', plain] },
      { name: 'sessions --version', args: [bin, '--version'], home },
      { name: 'sessions list --json', args: [bin, 'list', '--json'], home },
      { name: 'sessions list --json --limit all', args: [bin, 'list', '--json', '--limit', 'all'], home },
      { name: 'sessions list', args: [bin, 'list'], home },
    ];
    printFigures(`${spec.name}: ${(fs.statSync(file).size / 1e6).toFixed(1)} MB`, measure(subjects, rounds), [
      'S',
      'F',
    ]);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}
