import fc from 'fast-check';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder, installOpenclaw } from '../helpers/openclaw.ts';
import { brokenBuilds, findCatch } from './broken.ts';
import { cleanupCases } from './cleanup.ts';
import { exportCases } from './export.ts';
import { forwardCases, gatewayHomes } from './forward.ts';
import { freshHomes, type Ground } from './ground.ts';
import { copyOurs, createJudge, type Judge, type Subject, type Verdict } from './judge.ts';
import { listCases } from './list.ts';
import { openclaw } from './programs.ts';
import { asListedBy735, jsonListCasesFor735, modelsOf735 } from './release-2026-7-35.ts';
import { databaseHomes, sqliteListCases } from './release-2026-9-6.ts';
import { type BrokenResult, brokenTable, comparisonTable, type Failure, saveFailure, type Tally } from './report.ts';
import type { Case } from './state.ts';
import { buildVariant } from './variant.ts';

/**
 * `npm run conformance`: random states, the same command by the real OpenClaw and by ours in twin homes, and a table of
 * what came of it (docs/conformance.md). Ends with 1 when anything differs that no listed deviation accounts for.
 */
async function main(): Promise<number> {
  const options = readOptions();
  const script = await installOpenclaw(options.release, options.installed);
  const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sessions-conformance-')));
  const subject = await subjectFor(options.release, path.join(scratch, 'ours'));
  const gateways = gatewayHomes(script, cacheFolder(), scratch);
  const reference = openclaw(script, cacheFolder());
  const homes = freshHomes(reference, scratch);
  const grounds: Record<Command['ground'], Ground> = {
    homes,
    gateways,
    'homes of 2026.7.35': asListedBy735(homes),
    databases: databaseHomes(reference, scratch),
  };
  const judgeOn = (ground: Command['ground']): Judge => createJudge(grounds[ground], subject, scratch);
  try {
    if (options.broken) return await breakOurs(homes, options, scratch);
    if (options.replay !== undefined) return await replay(options.replay, options.commands, judgeOn);
    const startMs = Date.now();
    const tallies: Tally[] = [];
    const total = options.commands.reduce((sum, { share }) => sum + share, 0);
    for (const command of options.commands) {
      const count = Math.ceil((options.cases * command.share) / total);
      tallies.push(await compare(command, count, options, judgeOn(command.ground)));
    }
    process.stdout.write(comparisonTable(options, tallies, Date.now() - startMs));
    return tallies.some(({ failures }) => failures.length > 0) ? 1 : 0;
  } finally {
    await gateways.stop();
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** Our program as it was built, or with what a release does otherwise taken over. */
async function subjectFor(release: string, folder: string): Promise<Subject> {
  if (release !== '2026.7.35') return copyOurs(folder);
  return { program: await buildVariant('ours', modelsOf735, folder), replacements: modelsOf735 };
}

interface Command {
  readonly name: string;
  readonly cases: fc.Arbitrary<Case>;
  /** Of the cases, when all commands are compared. */
  readonly share: number;
  /** Where it runs: a home of its own for every case, or the homes of running Gateways, one case at a time. */
  readonly ground: 'homes' | 'gateways' | 'homes of 2026.7.35' | 'databases';
}

/** 2026.5.12 is compared in everything, later releases in what they share with it or with us. */
function commandsFor(release: string): readonly Command[] {
  if (release === '2026.7.35')
    return [{ name: 'list', cases: jsonListCasesFor735, share: 1, ground: 'homes of 2026.7.35' }];
  if (release === '2026.9.6') return [{ name: 'list', cases: sqliteListCases, share: 1, ground: 'databases' }];
  return commands;
}

const commands: readonly Command[] = [
  { name: 'list', cases: listCases, share: 35, ground: 'homes' },
  { name: 'cleanup', cases: cleanupCases, share: 35, ground: 'homes' },
  { name: 'export', cases: exportCases, share: 20, ground: 'homes' },
  { name: 'forward', cases: forwardCases, share: 10, ground: 'gateways' },
];

interface RunOptions {
  readonly release: string;
  readonly installed: string | undefined;
  readonly cases: number;
  readonly seed: number;
  readonly jobs: number;
  readonly commands: readonly Command[];
  readonly replay: string | undefined;
  readonly broken: boolean;
  readonly failures: string;
}

function readOptions(): RunOptions {
  const { values } = parseArgs({
    options: {
      release: { type: 'string', default: '2026.5.12' },
      installed: { type: 'string' },
      cases: { type: 'string', default: '60' },
      seed: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      command: { type: 'string', multiple: true },
      replay: { type: 'string' },
      broken: { type: 'boolean', default: false },
      failures: { type: 'string' },
    },
  });
  const known = commandsFor(values.release);
  const names = known.map(({ name }) => name);
  const unknown = values.command?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`--command ${unknown}: ${values.release} has ${names.join(', ')}`);
  return {
    release: values.release,
    installed: values.installed,
    cases: Number(values.cases),
    seed: values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed),
    jobs: Number(values.jobs),
    commands: known.filter(({ name }) => values.command?.includes(name) ?? true),
    replay: values.replay,
    broken: values.broken,
    failures: values.failures ?? path.join(cacheFolder(), 'conformance-failures'),
  };
}

/** Judges so many cases in so many lanes at once; a lane has a seed of its own. Afterwards the first failure shrinks. */
async function compare(
  { name: command, cases, ground }: Command,
  count: number,
  { seed, failures: folder, ...options }: RunOptions,
  { judge }: Judge,
): Promise<Tally> {
  const jobs = ground === 'gateways' ? 1 : options.jobs;
  const found: Found[] = [];
  const deviations = new Map<string, number>();
  let equal = 0;
  const keep = (each: Found): Failure => {
    const name = `${command}-${each.seed}-${each.index}`;
    return saveFailure(path.join(folder, name), { command, ...each });
  };
  const note = (given: Case, verdict: Verdict, place: Pick<Found, 'seed' | 'index'>): void => {
    if (verdict.unexplained.length > 0) {
      found.push({ given, verdict, ...place });
      keep({ given, verdict, ...place });
    } else if (verdict.deviations.length === 0) equal++;
    for (const name of verdict.deviations) deviations.set(name, (deviations.get(name) ?? 0) + 1);
    process.stderr.write(verdict.unexplained.length > 0 ? 'F' : verdict.deviations.length > 0 ? 'd' : '.');
  };
  const lane = async (number: number): Promise<void> => {
    let index = 0;
    const laneSeed = seed + number;
    const numRuns = Math.floor(count / jobs) + (number < count % jobs ? 1 : 0);
    if (numRuns === 0) return;
    const property = fc.asyncProperty(cases, async (given) => {
      note(given, await judge(given), { seed: laneSeed, index: index++ });
    });
    // What throws is a fault of the harness: no smaller case would tell more.
    await fc.assert(property, { seed: laneSeed, numRuns, endOnFailure: true });
  };
  process.stderr.write(`${command} `);
  await Promise.all(Array.from({ length: jobs }, (_each, number) => lane(number)));
  process.stderr.write('\n');
  const [first, ...others] = found;
  const failures =
    first === undefined ? [] : [keep({ ...first, ...(await shrink(cases, first, judge)) }), ...others.map(keep)];
  return { command, cases: count, equal, deviations, failures };
}

interface Found {
  readonly given: Case;
  readonly verdict: Verdict;
  readonly seed: number;
  /** Which case of its lane. */
  readonly index: number;
}

/** Enough to get rid of most of a state; a case costs seconds. */
const maxShrinkRuns = 40;

async function shrink(
  cases: fc.Arbitrary<Case>,
  { given, verdict, seed, index }: Found,
  judge: Judge['judge'],
): Promise<{ readonly given: Case; readonly verdict: Verdict }> {
  let smallest = { given, verdict };
  let runs = 0;
  const property = fc.asyncProperty(cases, async (smaller) => {
    if (runs++ >= maxShrinkRuns) return true;
    const next = await judge(smaller);
    if (next.unexplained.length === 0) return true;
    smallest = { given: smaller, verdict: next };
    process.stderr.write('s');
    return false;
  });
  await fc.check(property, { seed, path: String(index), numRuns: 1 });
  process.stderr.write('\n');
  return smallest;
}

async function replay(
  folder: string,
  known: readonly Command[],
  judgeOn: (ground: Command['ground']) => Judge,
): Promise<number> {
  const given = JSON.parse(fs.readFileSync(path.join(folder, 'case.json'), 'utf8')) as Case & { command: string };
  const ground = known.find(({ name }) => name === given.command)?.ground ?? 'homes';
  const { deviations, unexplained } = await judgeOn(ground).judge(given);
  process.stdout.write([...deviations.map((name) => `listed: ${name}`), ...unexplained, ''].join('\n'));
  return unexplained.length === 0 ? 0 : 1;
}

/** Shows that the comparison with the real program notices what is broken. */
async function breakOurs(ground: Ground, { release, commands: chosen }: RunOptions, scratch: string): Promise<number> {
  const results: BrokenResult[] = [];
  const builds = brokenBuilds.filter(({ cases }) => chosen.some((command) => command.cases === cases));
  for (const [number, build] of builds.entries()) {
    const folder = path.join(scratch, `broken-${number}`);
    const program = await buildVariant(build.what, [build.replacement], folder);
    const { judge } = createJudge(ground, { program, replacements: [build.replacement] }, folder);
    results.push({ what: build.what, ...(await findCatch(build, judge)) });
    process.stderr.write(results.at(-1)!.unexplained.length > 0 ? 'c' : 'F');
  }
  process.stderr.write('\n');
  process.stdout.write(brokenTable(release, results));
  return results.every(({ unexplained }) => unexplained.length > 0) ? 0 : 1;
}

process.exitCode = await main();
