import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { startCli } from '../helpers/cli.ts';
import { scratchFolder } from '../helpers/scratch.ts';
import { isThorough } from '../helpers/thorough.ts';

const entryBytes = 21_400;

/** The long form is longer than a string of the engine can be (512 MiB). */
const entries = isThorough ? 28_000 : 3_000;

/** Reading the file whole would take the runtime, and twice the file; this is the runtime and no more than two parts of it. */
const mostMiB = isThorough ? 200 : 130;

it(`a store of ${Math.round((entries * entryBytes) / 1e6)} MB is listed in little memory, and refused for one damaged byte near its end`, async () => {
  const home = scratchFolder();
  const store = path.join(home, '.openclaw/agents/main/sessions/sessions.json');
  writeStore(store, entries);

  const listed = await list(home);
  expect(listed).toMatchObject({ exitCode: 0, document: { count: 100, totalCount: entries } });
  expect(listed.document.sessions[0]).toMatchObject({
    key: `agent:main:explicit:${entries - 1}`,
    sessionId: `id-${entries - 1}`,
  });
  expect(listed.peakMiB).toBeLessThan(mostMiB);

  const fd = fs.openSync(store, 'r+');
  fs.writeSync(fd, '\u0007', fs.statSync(store).size - 500);
  fs.closeSync(fd);
  const refused = await list(home);
  expect(refused).toMatchObject({
    exitCode: 4,
    document: { ok: false, error: { code: 'STORE_DAMAGED', details: { path: store } } },
  });
  expect(refused.document.error.message).toMatch(
    /not valid JSON at line \d+, column \d+: control character in a string$/,
  );
  expect(refused.peakMiB).toBeLessThan(mostMiB);
});

it('a store of this size is cleaned up in little memory', async () => {
  const home = scratchFolder();
  const store = path.join(home, '.openclaw/agents/main/sessions/sessions.json');
  writeStore(store, entries);
  // Nothing is too old: the cap alone decides.
  const config = { session: { maintenance: { pruneAfter: '36500d', maxEntries: 500 } } };
  fs.writeFileSync(path.join(home, '.openclaw/openclaw.json'), JSON.stringify(config));
  const { document, exitCode, peakMiB } = await run(home, ['cleanup', '--store', store, '--enforce', '--json']);
  expect({ exitCode, document }).toMatchObject({ exitCode: 0, document: { beforeCount: entries, appliedCount: 500 } });
  expect(peakMiB).toBeLessThan(mostMiB);
  const text = fs.readFileSync(store, 'utf8');
  expect(text === JSON.stringify(JSON.parse(text), null, 2)).toBe(true);
  expect(Object.keys(JSON.parse(text) as object)).toHaveLength(500);
});

const list = (home: string) => run(home, ['list', '--json']);

/** The peak is what the operating system says at the end. */
async function run(home: string, args: readonly string[]) {
  const file = path.join(home, 'peak');
  const preload = path.resolve(import.meta.dirname, '../helpers/record-peak.cjs');
  const { stdout, exitCode } = await startCli(args, {
    home,
    env: { NODE_OPTIONS: `--require=${preload}`, PEAK_FILE: file },
    timeoutMs: 300_000,
  });
  return { document: JSON.parse(stdout), exitCode, peakMiB: Number(fs.readFileSync(file, 'utf8')) / 1024 };
}

/** Entries of about `entryBytes`, the newest last, one at a time. */
function writeStore(file: string, count: number): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const fd = fs.openSync(file, 'w');
  const prompt = 'Reads the "notes" of a project\n→ files them. '.repeat(440);
  for (let index = 0; index < count; index++) {
    const entry = { sessionId: `id-${index}`, updatedAt: 1_750_000_000_000 + index, skillsSnapshot: { prompt } };
    const member = `"agent:main:explicit:${index}": ${JSON.stringify(entry)}`;
    fs.writeSync(fd, `${index === 0 ? '{' : ','}\n  ${member}`);
  }
  fs.writeSync(fd, '\n}\n');
  fs.closeSync(fd);
}
