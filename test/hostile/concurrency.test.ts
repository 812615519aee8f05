import path from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { type CliRun, runCli } from '../helpers/cli.ts';
import { isThorough } from '../helpers/thorough.ts';
import { sessionsHome } from '../helpers/sessions-home.ts';
import type { WriterReport } from '../helpers/store-writer.ts';

const writer = path.resolve(import.meta.dirname, '../helpers/store-writer.ts');
/** Programs at a time, half of them listings and half cleanups. */
const programs = isThorough ? 20 : 6;
const durationMs = isThorough ? 60_000 : 3000;

it('many listings and cleanups beside a writer: no torn read is shown, and no row lost', async () => {
  const { home, store } = sessionsHome({
    store: Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`agent:main:kept-${index}`, { sessionId: `k${index}`, age: 1000 }]),
    ),
  });
  const end = Date.now() + durationMs;
  const repeat = async (args: readonly string[], look: (run: CliRun) => void): Promise<void> => {
    while (Date.now() < end) look(await runCli([...args, '--json', '--store', store], { home, timeoutMs: 60_000 }));
  };
  const seen = { listings: 0, cleanups: 0, busy: 0, applied: 0 };
  const list = (): Promise<void> =>
    repeat(['list', '--limit', 'all'], ({ exitCode, stdout, stderr }) => {
      seen.listings++;
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      const keys = JSON.parse(stdout).sessions.map(({ key }: { key: string }) => key) as string[];
      expect(keys.filter((key) => key.startsWith('agent:main:kept-'))).toHaveLength(50);
    });
  const cleanUp = (): Promise<void> =>
    repeat(['cleanup', '--enforce'], ({ exitCode, stdout, stderr }) => {
      seen.cleanups++;
      expect({ exitCode, stderr }).toMatchObject({
        exitCode: expect.toSatisfy((code) => [0, 5].includes(code as number)),
      });
      if (exitCode === 5) seen.busy++;
      else if (JSON.parse(stdout).pruned > 0) seen.applied++;
    });
  const [{ stdout }] = await Promise.all([
    execa(process.execPath, [writer, store, 'free', String(durationMs), '50']),
    ...Array.from({ length: programs }, (_, index) => (index % 2 === 0 ? list() : cleanUp())),
  ]);
  const report = JSON.parse(stdout) as WriterReport;
  if (isThorough)
    process.stderr.write(`${programs} programs and a writer: ${JSON.stringify({ ...seen, ...report })}\n`);
  expect(report.torn).toBe(0);
  // The gap that is left between two system calls: docs/decisions/0022-compare-before-rename.md.
  expect(report.lost).toBeLessThanOrEqual(1 + seen.applied / 1000);
  expect(Math.min(report.updates, seen.listings, seen.cleanups)).toBeGreaterThan(5);
});
