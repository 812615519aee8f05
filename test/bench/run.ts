// npm run bench [-- part...] [--rounds <n>] [--p7 <folder>] [--p5 <folder>] — what the program costs, beside its budget
// (docs/performance.md). Parts: list, cleanup, export, sqlite, redaction; all of them when none is named.
// --p7 and --p5 are folders with OpenClaw 2026.7.35 and 2026.5.12 in their node_modules, to compare with.
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { benchCleanup } from './cleanup.ts';
import { benchExport } from './export.ts';
import { benchList } from './list.ts';
import { type BenchOptions, type BudgetLine, printBudget } from './measure.ts';
import { benchRedaction } from './redaction.ts';
import { benchSqlite } from './sqlite.ts';

const parts: Readonly<Record<string, (options: BenchOptions) => readonly BudgetLine[]>> = {
  list: benchList,
  cleanup: benchCleanup,
  export: benchExport,
  sqlite: benchSqlite,
  redaction: benchRedaction,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, p7: { type: 'string' }, p5: { type: 'string' } },
});
const chosen = positionals.length === 0 ? Object.keys(parts) : positionals;
const options: BenchOptions = { rounds: Number(values.rounds), p7: scriptOf(values.p7), p5: scriptOf(values.p5) };
console.log(`Node ${process.version}, ${os.availableParallelism()} cores, ${options.rounds} rounds, medians`);
const lines = chosen.flatMap((name) => {
  const run = parts[name];
  if (run === undefined) throw new Error(`no such part: ${name}; there are ${Object.keys(parts).join(', ')}`);
  return run(options);
});
printBudget(lines);

function scriptOf(folder: string | undefined): string | undefined {
  return folder === undefined ? undefined : path.resolve(folder, 'node_modules/openclaw/openclaw.mjs');
}
