import fs from 'node:fs';
import path from 'node:path';
import { configFiles } from './config-files.ts';
import { type FileState, folderOf, isAgo, type State, type StoreState } from './state.ts';

/** A home with a state in it, and what is needed to recognise its times and paths in what a command leaves. */
export interface BuiltHome {
  readonly home: string;
  readonly nowMs: number;
  /** Every time that was put in, ms since epoch, with its age as the state gives it. */
  readonly ages: ReadonlyMap<number, number>;
  /** The time of an age, noted among them. */
  readonly timeOf: (ageMs: number) => number;
}

/** Writes the state into an empty folder. Every age counts from the same moment. */
export function buildHome(home: string, state: State, nowMs = Date.now()): BuiltHome {
  const ages = new Map<number, number>();
  const timeOf = (ageMs: number): number => {
    ages.set(nowMs - ageMs, ageMs);
    return nowMs - ageMs;
  };
  fs.mkdirSync(path.join(home, '.openclaw'), { recursive: true });
  if (state.config !== undefined) {
    for (const [name, text] of Object.entries(configFiles(state.config, state.writing))) {
      fs.mkdirSync(path.join(home, path.dirname(name)), { recursive: true });
      fs.writeFileSync(path.join(home, name), text.replaceAll('$HOME', home));
    }
  }
  let place = 0;
  const write = (dir: string, file: FileState): void => {
    writeFile(home, dir, file, { nowMs, timeOf, place: place++ });
  };
  for (const store of state.stores) {
    const dir = path.join(home, folderOf(store.path));
    fs.mkdirSync(dir, { recursive: true });
    const text = storeText(store, timeOf);
    if (text !== undefined) {
      const file = path.join(home, store.path);
      fs.writeFileSync(file, text.replaceAll('$DIR', dir).replaceAll('$HOME', home));
      const seconds = (nowMs - (store.ageMs ?? 0) - place++ * 40) / 1000;
      if (store.ageMs !== undefined) fs.utimesSync(file, seconds, seconds);
    }
    for (const file of store.files) write(dir, file);
  }
  for (const file of state.files) write(home, file);
  return { home, nowMs, ages, timeOf };
}

function storeText({ content }: StoreState, timeOf: (ageMs: number) => number): string | undefined {
  if (content.form === 'absent') return undefined;
  if (content.form === 'damaged') return content.text;
  const rows = Object.fromEntries(content.rows.map(([key, row]) => [key, withTimes(row, { timeOf })]));
  if (content.form === 'compact') return JSON.stringify(rows);
  const text = JSON.stringify(rows, null, content.form === 'tab' ? '\t' : 2);
  return content.form === 'line-end' ? `${text}\n` : text;
}

/** A row of a state with its ages turned into times. */
export function withTimes(row: unknown, built: Pick<BuiltHome, 'timeOf'>): unknown {
  const { timeOf } = built;
  if (isAgo(row)) return row.asText === true ? String(timeOf(row.$ago)) : timeOf(row.$ago);
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return row;
  return Object.fromEntries(Object.entries(row).map(([field, value]) => [field, withTimes(value, built)]));
}

interface Writing {
  readonly nowMs: number;
  readonly timeOf: (ageMs: number) => number;
  /** Times of files never tie: the order of equal ones is the file system's. */
  readonly place: number;
}

function writeFile(home: string, dir: string, file: FileState, { nowMs, timeOf, place }: Writing): void {
  const { content, archivedMs } = file;
  const stamp = archivedMs === undefined ? '' : new Date(timeOf(archivedMs)).toISOString().replaceAll(':', '-');
  const name = path.join(dir, file.name + stamp);
  try {
    fs.mkdirSync(path.dirname(name), { recursive: true });
    if (typeof content === 'object') {
      fs.symlinkSync(content.link, name);
      return;
    }
    const text =
      typeof content === 'number'
        ? `${file.name} `.repeat(content).slice(0, content)
        : content
            .replaceAll('$DIR', dir)
            .replaceAll('$HOME', home)
            .replaceAll('$PID', String(process.pid))
            .replaceAll('$NOW', new Date(nowMs).toISOString());
    fs.writeFileSync(name, text, { flag: 'wx' });
    const seconds = (nowMs - file.ageMs - place * 40) / 1000;
    fs.utimesSync(name, seconds, seconds);
  } catch (error) {
    // Two names of a state that are one, or a file or a dangling link where another needs a folder: the first has the place.
    if (!['EEXIST', 'ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/**
 * What the programs themselves keep in the state folder, whatever the command: OpenClaw's device identity, logs, config
 * health and runtime state. No command is about them.
 */
const ownFiles =
  /^\.openclaw\/(?:identity|logs|state|credentials|devices|tasks)(?:\/|$)|^\.openclaw\/openclaw\.json\.[^/]+$/;

/** Every file, folder and link of the home: name -> what it holds, home, times and stamps masked. */
export function readHome(built: BuiltHome, endMs: number): Readonly<Record<string, string>> {
  const names = fs
    .readdirSync(built.home, { recursive: true, encoding: 'utf8' })
    .filter((name) => !ownFiles.test(name));
  return Object.fromEntries(
    names
      .map((name) => [maskText(name, built, endMs), readOne(path.join(built.home, name), built, endMs)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function readOne(file: string, built: BuiltHome, endMs: number): string {
  const stat = fs.lstatSync(file);
  if (stat.isSymbolicLink()) return `-> ${fs.readlinkSync(file).replaceAll(built.home, '$HOME')}`;
  return stat.isFile() ? maskText(fs.readFileSync(file, 'utf8'), built, endMs) : 'a folder';
}

/**
 * Replaces what two runs of one state cannot have in common, and nothing else: the home's path, the times that were put
 * in (each by its age), the moment of the run in archive names, and ages in JSON, where they are what their row's time
 * and the moment of the run make of them.
 */
export function maskText(text: string, { home, nowMs, ages }: BuiltHome, endMs: number): string {
  // A stamp without milliseconds counts as the end of its second.
  const isDuringRun = (time: number): boolean => time >= nowMs - 1 && time <= endMs + 1000;
  return text
    .replaceAll(home, '$HOME')
    .replaceAll(new Date(nowMs).toISOString(), '$NOW')
    .replace(
      /("updatedAt": "?(-?[\d.]+)"?,\n\s*"ageMs": )(-?[\d.e+]+)/g,
      (all, head: string, at: string, age: string) =>
        isDuringRun(Number(at) + Number(age)) ? `${head}"<now - updatedAt>"` : all,
    )
    .replace(/\d{13}/g, (digits) => {
      const age = ages.get(Number(digits));
      return age === undefined ? digits : `<${age} ms ago>`;
    })
    .replace(/("generatedAt": ")([^"]+)/g, (all, head: string, time: string) =>
      isDuringRun(Date.parse(time)) ? `${head}<now>` : all,
    )
    .replace(
      /(openclaw-trajectory-\w{1,8}-)(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d)(?!\.)/g,
      (all, head: string, stamp: string) => (isDuringRun(timeOfStamp(`${stamp}.999Z`)) ? `${head}<now>` : all),
    )
    .replace(/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z/g, (stamp) => {
      const time = timeOfStamp(stamp);
      const age = ages.get(time);
      if (age !== undefined) return `<${age} ms ago>`;
      return isDuringRun(time) ? '<now>' : stamp;
    });
}

/** `2026-11-20T21-53-53.026Z` as ms since epoch. */
function timeOfStamp(stamp: string): number {
  return Date.parse(stamp.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'));
}

/** A JSON document in which numbers are masked, as a value; `writeMasked` makes it the same text again. */
export function parseMasked(text: string): unknown {
  return JSON.parse(text.replace(/: (<[^>]*>)/g, ': "@$1@"'));
}

export function writeMasked(document: unknown): string {
  return `${JSON.stringify(document, null, 2).replace(/"@(<[^>]*>)@"/g, '$1')}\n`;
}
