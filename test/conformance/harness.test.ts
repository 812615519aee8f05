import fc from 'fast-check';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadState } from '../../src/config/state.ts';
import type { SessionsError } from '../../src/errors.ts';
import { scratchFolder, writeTree } from '../helpers/scratch.ts';
import { testWorld } from '../helpers/world.ts';
import { brokenBuilds, findCatch } from './broken.ts';
import { cleanupCases } from './cleanup.ts';
import { rules } from './deviations.ts';
import { type ConfigWriting, configFiles, isWrongInclude } from './config-files.ts';
import { configuration } from './configs.ts';
import { freshHomes } from './ground.ts';
import { createJudge, type Judge, nameOf, type Subject, unchanged } from './judge.ts';
import { listCases } from './list.ts';
import { ours } from './programs.ts';
import { buildVariant, changedSources } from './variant.ts';

// The real program takes no part here: our unchanged build stands in for it.
const judgeHere = (subject: Subject, scratch = scratchFolder()): Judge =>
  createJudge(freshHomes(ours, scratch), subject, scratch);

const takenBack = rules.filter((rule) => rule.kind === 'taken-back');

test('every rule has a line in docs/deviations.md, and no two a name', () => {
  const listed = fs.readFileSync(path.resolve(import.meta.dirname, '../../docs/deviations.md'), 'utf8');
  for (const { number } of rules) expect(listed).toContain(`\n| ${number} |`);
  expect(new Set(rules.map(nameOf)).size).toBe(rules.length);
});

test('every deviation that is taken back can be, alone and with all others', () => {
  for (const { replacements } of takenBack) expect(changedSources(replacements).size).toBeGreaterThan(0);
  expect(changedSources(takenBack.flatMap(({ replacements }) => replacements)).size).toBeGreaterThan(0);
});

test.each([
  ['listings', listCases],
  ['cleanups', cleanupCases],
])('two runs of one program on random states of %s are equal', async (_name, cases) => {
  const { judge } = judgeHere(unchanged);
  for (const given of fc.sample(cases, { seed: 7, numRuns: 8 })) {
    const { unexplained, deviations } = await judge(given);
    expect({ unexplained, deviations }).toEqual({ unexplained: [], deviations: [] });
  }
});

test('a config in parts and with variables means what it means in one piece', async () => {
  const load = async (config: unknown, writing: ConfigWriting): Promise<unknown> => {
    const home = writeTree(scratchFolder(), configFiles(config, writing));
    const loading = loadState(testWorld({ env: { HOME: home }, cwd: home }), {});
    return loading.then(
      ({ config: { session, agents, models } }) => ({ session, agents, models }),
      (error: unknown) => (error as SessionsError).details?.['issues'],
    );
  };
  const inParts = configuration('cleanup').filter(
    ({ writing: { include, variable } }) =>
      (include !== undefined || variable !== undefined) && !isWrongInclude(include) && variable?.file !== 'nowhere',
  );
  for (const { config, writing } of fc.sample(inParts, { seed: 7, numRuns: 100 })) {
    expect(await load(config, writing)).toEqual(await load(config, {}));
  }
});

test.each(brokenBuilds)('a broken build is caught: $what', async (build) => {
  const scratch = scratchFolder();
  const { what, replacement } = build;
  const program = await buildVariant(what, [replacement], path.join(scratch, 'broken'));
  const { judge } = judgeHere({ program, replacements: [replacement] }, scratch);
  const { unexplained } = await findCatch(build, judge);
  expect(unexplained).not.toEqual([]);
});
