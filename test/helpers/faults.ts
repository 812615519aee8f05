import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type CliRun, runCli } from './cli.ts';
import { isThorough } from './thorough.ts';
import { scratchFolder, treeState } from './scratch.ts';

const preload = path.resolve(import.meta.dirname, 'fault.mjs');

/** A command over a home, of which copies are broken in every way. */
export interface FaultScenario {
  readonly command: string;
  /** Relative paths are relative to the home. */
  readonly args: readonly string[];
  /** The home as it is before; never run in itself. */
  readonly home: string;
  /** Paths in the home of stores: after whatever happens each is the old one or the new one, to the byte. */
  readonly stores: readonly string[];
  /** True for a command that writes nothing. */
  readonly isReading?: boolean;
  /** A run of another command that finishes what is left after the same one has been run again. */
  readonly next?: readonly string[];
  /** True for a command that fails when its work is done already. */
  readonly isOnce?: boolean;
}

/** One call of the file system that a run makes. */
interface Call {
  /** Operation and place in the program: what is timed may make a call more or less elsewhere. */
  readonly at: string;
  /** The how manyeth it is there, from 1. */
  readonly round: number;
  readonly operation: string;
  /** r: reads; c: changes; a: changes and needs room. */
  readonly effect: 'r' | 'c' | 'a';
  /** Name of the file. */
  readonly file: string;
}

/** What goes wrong at a call. */
export interface Fault {
  /** SIGKILL before the call or in the middle of a write; or the error that the call gives. */
  readonly kind: 'kill' | 'torn' | ErrorCode | 'some error';
  /** The trouble stays for the rest of the run. */
  readonly lasts?: boolean;
}

type ErrorCode = 'EACCES' | 'EIO' | 'ENOSPC' | 'EROFS';

/** A run that nothing disturbed: what is compared with. */
interface Unbroken {
  readonly run: CliRun;
  readonly before: Contents;
  readonly after: Contents;
  readonly calls: readonly Call[];
}

/** What is printed at the end of the long form. */
export interface Figures {
  /** Operation -> points visited. */
  readonly points: Readonly<Record<string, number>>;
  readonly laws: number;
  /** One line per law that did not hold. */
  readonly broken: readonly string[];
}

/**
 * Runs the command once for every call of the file system that it makes and that the fault can hit, with that call
 * broken, and after each run checks the laws:
 *
 * - Stores are the old one or the new one, to the byte.
 * - What an unbroken run keeps is there at any moment, under its own name or an archive's.
 * - A command that reads leaves every file, mode and time as it was.
 * - Exit code 0: the job was done, or stderr says what was not; a list has all its rows.
 * - Other exit codes are those of the table, with a message and without a stack; stdout is one JSON document.
 * - No name that was not there before and would not be after an unbroken run: no half bundle, temporary file, lock. A
 *   process that was killed may leave some until the next run.
 * - The next run, undisturbed, ends well and finishes the job: the home is as after one unbroken run.
 *
 * @param visited places that need no visit; in the short form those of this run are added
 */
export async function breakEverywhere(
  scenario: FaultScenario,
  fault: Fault,
  visited = new Set<string>(),
): Promise<Figures> {
  const unbroken = await runUnbroken(scenario);
  const points: Record<string, number> = {};
  const broken: string[] = [];
  let laws = 0;
  for (const [index, call] of callsToVisit(unbroken.calls, fault, visited).entries()) {
    points[call.operation] = (points[call.operation] ?? 0) + 1;
    const kind = fault.kind === 'some error' ? someError(call, index) : fault.kind;
    const checks = await visit(scenario, unbroken, call, { ...fault, kind });
    laws += checks.length;
    for (const [law, isKept, facts] of checks) {
      const where = `${call.round} of ${call.at} (${call.file})`;
      if (!isKept) broken.push(`${scenario.command}, ${kind} at call ${where}: ${law}\n${facts}`);
    }
  }
  return { points, laws, broken };
}

export const nameOf = ({ kind, lasts }: Fault): string => (lasts === true ? `${kind} from then on` : kind);

function someError({ effect }: Call, index: number): ErrorCode {
  if (index % 3 === 0) return 'EACCES';
  return effect === 'a' && index % 3 === 1 ? 'ENOSPC' : 'EIO';
}

type Check = readonly [law: string, isKept: boolean, facts: string];

async function visit(scenario: FaultScenario, unbroken: Unbroken, call: Call, fault: Fault): Promise<readonly Check[]> {
  const home = copyOf(scenario.home);
  const log = path.join(scratchFolder(), 'calls');
  const tree = treeState(home);
  const run = await runCli(scenario.args, { home, env: faultEnv(home, fault, log, call) });
  const state = contentsOf(home);
  // A call that is only made when time is short may be missing.
  const isReached = /^fault$/m.test(fs.readFileSync(log, 'utf8'));
  const isKilled = isReached && (fault.kind === 'kill' || fault.kind === 'torn');
  const facts = factsOf(run, state, unbroken);
  const checks: Check[] = [
    ['the fault was reached', isReached || isEqual(state, unbroken.after), facts],
    ['stores are old or new', scenario.stores.every((store) => isOldOrNew(store, call, state, unbroken)), facts],
    ['what is to be kept is there', isAllThere(state, unbroken), facts],
    ['exit code and message', isKilled ? run.exitCode === undefined : isExplained(run), facts],
  ];
  if (scenario.isReading === true) {
    checks.push(['reading leaves no trace', isEqual(treeState(home), tree), facts]);
    if (!isKilled) checks.push(['exit code 0 with all there is', isRefusedOrWhole(run, unbroken.run), facts]);
  } else {
    if (!isKilled) {
      const isExcused = isEqual(without(state, locks), unbroken.after) || isCautious(call, state, unbroken);
      checks.push(
        [
          'exit code 0: done, or said what not',
          isExcused || run.exitCode !== 0 || run.stderr !== unbroken.run.stderr,
          facts,
        ],
        ['nothing left lying', fault.lasts === true || isTidy(call, state, unbroken), facts],
      );
    }
    checks.push(...(await runAgain(scenario, unbroken, { call, home, before: state })));
  }
  fs.rmSync(home, { recursive: true });
  return checks;
}

async function runAgain(
  scenario: FaultScenario,
  unbroken: Unbroken,
  { call, home, before }: { readonly call: Call; readonly home: string; readonly before: Contents },
): Promise<readonly Check[]> {
  // Nothing has happened: the next run is an unbroken one.
  if (isEqual(before, unbroken.before)) return [];
  const isDone = isEqual(before, unbroken.after);
  // What is deleted cannot be deleted again, and no bundle is written over another.
  const again = isDone && scenario.isOnce === true ? undefined : await runCli(scenario.args, { home });
  const run = scenario.next === undefined ? again : await runCli(scenario.next, { home });
  const state = contentsOf(home);
  const facts = factsOf(run, state, unbroken);
  return [
    ['the next run ends well', run === undefined || run.exitCode === 0, facts],
    ['the next run finishes the job', isEqual(state, unbroken.after) || isCautious(call, state, unbroken), facts],
  ];
}

/** For the reader of a failed test. */
function factsOf(run: CliRun | undefined, state: Contents, { after }: Unbroken): string {
  return `exit ${run?.exitCode}, stderr: ${run?.stderr}differs from an unbroken run in: ${differing(state, after).join(' ')}`;
}

async function runUnbroken(scenario: FaultScenario): Promise<Unbroken> {
  const home = copyOf(scenario.home);
  const before = contentsOf(home);
  const log = path.join(scratchFolder(), 'calls');
  const run = await runCli(scenario.args, { home, env: faultEnv(home, { kind: 'kill' }, log) });
  if (run.exitCode !== 0) throw new Error(`${scenario.command} does not work: ${run.stderr}`);
  const lines = fs.readFileSync(log, 'utf8').trimEnd().split('\n');
  const rounds = new Map<string, number>();
  const calls = lines.map((line): Call => {
    const [effect, at = '', target = ''] = line.split('\t');
    const round = (rounds.get(at) ?? 0) + 1;
    rounds.set(at, round);
    const [operation = ''] = at.split(' ');
    return {
      at,
      round,
      operation,
      effect: effect as Call['effect'],
      file: path.basename(JSON.parse(target) as string),
    };
  });
  return { run, before, after: contentsOf(home), calls };
}

/** Those that the fault can hit; in the short form one of each place in the program. */
function callsToVisit(calls: readonly Call[], { kind, lasts }: Fault, visited: Set<string>): readonly Call[] {
  const hit = calls.filter(({ operation, effect }) => {
    if (kind === 'torn') return operation === 'write' || operation === 'writeFile';
    if (kind === 'ENOSPC') return effect === 'a';
    // Between two calls that change nothing, a kill finds the same disk.
    return kind === 'kill' || kind === 'EROFS' ? effect !== 'r' : true;
  });
  if (isThorough) return hit;
  const fresh = hit.filter((call) => {
    const isFresh = !visited.has(call.at);
    visited.add(call.at);
    return isFresh;
  });
  return lasts === true ? fresh.filter((_call, index) => index % 8 === 0) : fresh;
}

function faultEnv(home: string, fault: Fault, log: string, call?: Call): Record<string, string> {
  return {
    NODE_OPTIONS: `--import ${preload}`,
    FAULT_BELOW: home,
    ...(call === undefined ? {} : { FAULT_AT: call.at, FAULT_ROUND: String(call.round) }),
    FAULT_KIND: fault.kind,
    FAULT_LASTS: fault.lasts === true ? '1' : '',
    FAULT_LOG: log,
    // Private copies of databases are watched as well; the compile cache is not.
    TMPDIR: path.join(home, 'tmp'),
    NODE_COMPILE_CACHE: path.join(os.tmpdir(), 'node-compile-cache'),
  };
}

function copyOf(template: string): string {
  const home = scratchFolder();
  fs.cpSync(template, home, { recursive: true, preserveTimestamps: true });
  fs.mkdirSync(path.join(home, 'tmp'), { recursive: true });
  return home;
}

/** Path below the home -> content, with what differs between two homes or two moments masked. */
type Contents = Readonly<Record<string, string>>;

function contentsOf(home: string): Contents {
  const names = fs.readdirSync(home, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const file = path.join(home, name);
      const isFile = fs.statSync(file).isFile();
      return [maskedName(name), isFile ? maskedContent(fs.readFileSync(file, 'latin1'), home) : '(folder)'];
    }),
  );
}

/** Archives made just now carry the time; those of a template are of 2020. */
function maskedName(name: string): string {
  return name.replace(/\.deleted\.(?!2020-)\d{4}-\d\d-\d\dT[\d-]+\.\d{3}Z$/, '.deleted.<time>');
}

function maskedContent(content: string, home: string): string {
  return content.replaceAll(home, '<home>').replace(/("generatedAt": ")[^"]*/, '$1<time>');
}

function without(contents: Contents, pattern: RegExp): Contents {
  return Object.fromEntries(Object.entries(contents).filter(([name]) => !pattern.test(name)));
}

function isEqual(a: Contents, b: Contents): boolean {
  return differing(a, b).length === 0;
}

function differing(a: Contents, b: Contents): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
}

/** Names that were not there before, and are not there after an unbroken run. */
function strangers(state: Contents, { before, after }: Unbroken): readonly string[] {
  return Object.keys(state).filter((name) => !Object.hasOwn(before, name) && !Object.hasOwn(after, name));
}

function isOldOrNew(store: string, call: Call, state: Contents, { before, after }: Unbroken): boolean {
  const text = state[store] ?? '';
  return (
    text === before[store] || text === after[store] || (isUnseen(call) && isPartOf(text, before[store], after[store]))
  );
}

/** A file that may not be looked at keeps its row, and that row another from its place under the cap. */
function isPartOf(text: string, ...known: readonly (string | undefined)[]): boolean {
  if (!isJson(`${text}\n`)) return false;
  const rowsOf = (store: string): readonly string[] =>
    Object.entries(JSON.parse(store) as object).map((row) => JSON.stringify(row));
  const knownRows = new Set(known.flatMap((each) => (each === undefined ? [] : rowsOf(each))));
  return rowsOf(text).every((row) => knownRows.has(row));
}

/** A file of the sessions folder that may not be looked at: what is not known of it, or its size, makes a run do less. */
function isUnseen({ operation, file }: Call): boolean {
  return ['lstat', 'realpath', 'stat'].includes(operation) && /\.jsonl$|^sessions\.json$/.test(file);
}

/** After such a run the next finds less to do; all that was to be kept is there all the same. */
function isCautious(call: Call, state: Contents, unbroken: Unbroken): boolean {
  return isUnseen(call) && isAllThere(state, unbroken) && isTidy(call, state, unbroken);
}

function isTidy(call: Call, state: Contents, unbroken: Unbroken): boolean {
  const tolerated = isUnseen(call) ? /\.lock(?:\/|$)|\.deleted\.<time>$/ : locks;
  return strangers(without(state, tolerated), unbroken).length === 0;
}

/** A lock that could not be removed is nobody's: the next run proves it. */
const locks = /\.lock(?:\/|$)/;

/** Each file of a template has a content of its own; an archive is the same content under another name. */
function isAllThere(state: Contents, { before, after }: Unbroken): boolean {
  const kept = new Set(Object.values(after));
  const there = new Set(Object.values(state));
  return Object.values(before).every((content) => !kept.has(content) || there.has(content));
}

/** The exit codes of docs/exit-codes.md that a failing disk may give. */
const explained = [1, 4, 5];

function isExplained({ exitCode, stdout, stderr }: CliRun): boolean {
  if (/^\s+at /m.test(stderr) || /\bbug\b/i.test(stderr)) return false;
  if (!isJson(stdout)) return false;
  return exitCode === 0 || (explained.includes(exitCode ?? -1) && stderr !== '');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return text.endsWith('\n');
  } catch {
    return false;
  }
}

/** A list that is not whole says so by its exit code. */
function isRefusedOrWhole(run: CliRun, { stdout }: CliRun): boolean {
  return run.exitCode !== 0 || masked(run.stdout) === masked(stdout);
}

const masked = (text: string): string =>
  text.replace(/"ageMs": \d+/g, '"ageMs": 0').replace(/sessions-test-\w+/g, '<home>');
