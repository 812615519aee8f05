import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { type Home, sessionsHome } from '../helpers/sessions-home.ts';
import type { WriterReport } from '../helpers/store-writer.ts';
import { isThorough } from '../helpers/thorough.ts';

const writer = path.resolve(import.meta.dirname, '../helpers/store-writer.ts');
/** In the long form for minutes: a thousand applied runs and more. */
const durationsMs = isThorough ? { locked: 60_000, free: 300_000 } : { locked: 3000, free: 3000 };

interface Race {
  readonly report: WriterReport;
  /** Exit code -> runs. */
  readonly exits: Readonly<Record<string, number>>;
  /** Runs that wrote the store. */
  readonly applied: number;
}

/** Two programs that clean up over and over, and a writer. */
async function race(kind: 'locked' | 'free'): Promise<Race> {
  const home = sessionsHome({ store: { 'agent:main:main': { sessionId: 'main', age: 1000 } } });
  const durationMs = durationsMs[kind];
  const end = Date.now() + durationMs;
  const exits: Record<string, number> = {};
  let applied = 0;
  const cleanUp = async ({ home: cwd, store }: Home): Promise<void> => {
    while (Date.now() < end) {
      const { exitCode, stdout } = await runCli(['cleanup', '--enforce', '--json', '--store', store], { home: cwd });
      exits[exitCode ?? 'signal'] = (exits[exitCode ?? 'signal'] ?? 0) + 1;
      if (/"pruned": [1-9]/.test(stdout)) applied++;
    }
  };
  const [{ stdout }] = await Promise.all([
    execa(process.execPath, [writer, home.store, kind, String(durationMs)]),
    cleanUp(home),
    cleanUp(home),
  ]);
  const seen = { report: JSON.parse(stdout) as WriterReport, exits, applied };
  // The figure in docs/decisions/0022-compare-before-rename.md.
  if (isThorough) process.stderr.write(`${kind}: ${JSON.stringify(seen)}\n`);
  return seen;
}

/** On a machine that is busy with other things there may be few of both, but the race must have been one. */
function hasRaced({ report, applied }: Pick<Race, 'report' | 'applied'>): boolean {
  return report.updates > (isThorough ? 500 : 5) && applied > (isThorough ? 100 : 0);
}

describe('two cleanups and a writer', () => {
  it('loses no update of a writer that takes the lock', async () => {
    const { report, exits, applied } = await race('locked');
    expect(report).toMatchObject({ lost: 0, torn: 0 });
    expect(Object.keys(exits).filter((code) => !['0', '5'].includes(code))).toEqual([]);
    expect({ report, applied }).toSatisfy(hasRaced);
  });

  it('loses next to none of a writer that knows no lock and rewrites the store every 20 ms', async () => {
    const { report, exits, applied } = await race('free');
    expect(report.torn).toBe(0);
    // One in a thousand applied runs; in the short form one at all.
    expect(report.lost).toBeLessThanOrEqual(Math.max(1, applied / 1000));
    expect(Object.keys(exits).filter((code) => !['0', '5'].includes(code))).toEqual([]);
    expect({ report, applied }).toSatisfy(hasRaced);
  });
});
