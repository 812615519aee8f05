import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { dayMs, type Home, sessionsHome } from '../helpers/sessions-home.ts';

const counter = path.resolve(import.meta.dirname, '../helpers/count-calls.mjs');

/** So many of each kind; every kind has its own part in the number of calls. */
const count = 40;
const kinds = {
  kept: { age: dayMs, hasTranscript: true },
  lost: { age: dayMs, hasTranscript: false },
  stale: { age: 40 * dayMs, hasTranscript: true },
};
const orphans = { young: 2 * dayMs, old: 60 * dayMs };

function fullFolder(): Home {
  const numbered = (name: string): string[] => Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const rows = Object.entries(kinds).flatMap(([kind, { age, hasTranscript }]) =>
    numbered(kind).map((id) => ({ id, age, hasTranscript })),
  );
  return sessionsHome({
    store: Object.fromEntries(rows.map(({ id, age }) => [`agent:main:explicit:${id}`, { sessionId: id, age }])),
    files: Object.fromEntries([
      ...rows.filter(({ hasTranscript }) => hasTranscript).map(({ id, age }) => [`${id}.jsonl`, age] as const),
      ...Object.entries(orphans).flatMap(([kind, age]) =>
        numbered(kind).map((name) => [`${name}.jsonl`, age] as const),
      ),
    ]),
  });
}

type Counts = Readonly<Record<string, number>>;

/** The calls of a run that are about the sessions folder, by name. */
async function countCalls({ home, dir, store }: Home, args: readonly string[]): Promise<Counts> {
  const file = path.join(home, 'counts.json');
  const env = { NODE_OPTIONS: `--import ${counter}`, COUNT_BELOW: dir, COUNT_FILE: file };
  const { exitCode } = await runCli(['cleanup', '--store', store, ...args], { home, env });
  expect(exitCode).toBe(0);
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Counts;
}

/** What a run needs however many rows and files there are. */
const few = 30;

describe('a cleanup lists the folder once and looks at files no more often than it must', () => {
  it('in a dry run: at those that may be judged by their age, and at names that the listing does not have', async () => {
    const counts = await countCalls(fullFolder(), ['--dry-run', '--fix-missing']);
    expect(counts['readdirSync']).toBe(1);
    expect(counts['lstatSync']).toBe(2 * count);
    expect(counts['statSync']).toBeGreaterThanOrEqual(count);
    expect(counts['statSync']).toBeLessThan(count + few);
    expect(counts['openSync']).toBeLessThan(few);
    expect(counts['realpathSync']).toBeLessThan(few);
  });

  it('in an applied run: once more at each file that goes, its lock and its new name', async () => {
    const counts = await countCalls(fullFolder(), ['--enforce', '--fix-missing']);
    const [archived, deleted] = [count, count];
    // The second listing looks for what killed runs have left beside the lock.
    expect(counts['readdirSync']).toBeLessThanOrEqual(2);
    expect(counts['lstatSync']).toBeLessThan(2 * count + 2 * archived + deleted + few);
    expect(counts['statSync']).toBeLessThan(count + archived + deleted + few);
    expect(counts['renameSync']).toBeLessThan(archived + few);
    expect(counts['unlinkSync']).toBeLessThan(deleted + few);
    expect(counts['openSync']).toBeLessThan(few);
    expect(counts['realpathSync']).toBeLessThan(few);
  });
});
