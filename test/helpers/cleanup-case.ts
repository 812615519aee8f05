import fs from 'node:fs';
import path from 'node:path';
import { runCli } from './cli.ts';
import { scratchFolder } from './scratch.ts';

/** What a run came to, with everything that differs from run to run masked. */
export interface CaseResult {
  readonly exit: string;
  readonly stdout: string;
  /** The files afterwards, sorted; an empty folder ends in a slash. */
  readonly tree: string;
  /** The stores afterwards, by the name of their expected file; none for a dry run. */
  readonly stores: Readonly<Record<string, string>>;
}

interface Ages {
  /** Store -> key -> age of `updatedAt`, ms. */
  readonly sessions?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** File -> age of its times, ms. */
  readonly files?: Readonly<Record<string, number>>;
  /** Stores that get no times. */
  readonly stores?: readonly string[];
}

/**
 * Runs a worked case of the cleanup: a copy of `home/` in which `$HOME` stands for the scratch home, with the ages of
 * `ages.json` put in, and the command line in `cmd`. Expected are `stdout`, `exit`, `tree-after.txt`, `store-after*.json`.
 */
export async function runCleanupCase(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly got: CaseResult; readonly expected: CaseResult }> {
  const home = scratchFolder();
  fs.cpSync(path.join(folder, 'home'), home, { recursive: true, verbatimSymlinks: true });
  const read = (name: string): string => fs.readFileSync(path.join(folder, name), 'utf8');
  const ages = JSON.parse(read('ages.json')) as Ages;
  const stamps = putAges(home, ages);
  const args = read('cmd')
    .trim()
    .split(/\s+/)
    .map((word) => word.replaceAll('$HOME', home));
  const run = await runCli(args, { home, env: { NO_COLOR: '1', ...env } });

  const mask = (text: string): string => text.replaceAll(home, '$HOME').replace(/\b\d{5}d ago/g, '<days>d ago');
  const stores = args.includes('--dry-run') ? [] : [...Object.keys(ages.sessions ?? {}), ...(ages.stores ?? [])];
  const nameOf = (store: string): string =>
    stores.length === 1 ? 'store-after.json' : `store-after.${store.split('/')[2] ?? ''}.json`;
  const storeText = (store: string): string =>
    stamps.reduce(
      (text, stamp) => text.replaceAll(`"updatedAt": ${stamp}`, '"updatedAt": 0'),
      mask(fs.readFileSync(path.join(home, store), 'utf8')),
    );
  return {
    got: {
      exit: `${run.exitCode ?? 'signal'}\n`,
      stdout: mask(run.stdout),
      tree: `${listTree(home).map(maskStamp).sort().join('\n')}\n`,
      stores: Object.fromEntries(stores.map((store) => [nameOf(store), storeText(store)])),
    },
    expected: {
      exit: read('exit'),
      stdout: read('stdout'),
      tree: read('tree-after.txt'),
      stores: Object.fromEntries(stores.map((store) => [nameOf(store), read(nameOf(store))])),
    },
  };
}

/** Puts paths and ages in; returns the times that were written into stores. */
function putAges(home: string, ages: Ages): readonly number[] {
  const now = Date.now();
  for (const file of listTree(home).filter((name) => name.endsWith('.json'))) {
    const text = fs.readFileSync(path.join(home, file), 'utf8');
    if (text.includes('$HOME')) fs.writeFileSync(path.join(home, file), text.replaceAll('$HOME', home));
  }
  const stamps = Object.entries(ages.sessions ?? {}).flatMap(([store, keys]) => {
    const file = path.join(home, store);
    const entries = JSON.parse(fs.readFileSync(file, 'utf8'));
    for (const [key, age] of Object.entries(keys)) entries[key].updatedAt = now - age;
    fs.writeFileSync(file, JSON.stringify(entries, null, 2));
    return Object.values(keys).map((age) => now - age);
  });
  for (const [file, age] of Object.entries(ages.files ?? {})) {
    fs.utimesSync(path.join(home, file), (now - age) / 1000, (now - age) / 1000);
  }
  return stamps;
}

/** Files and links below a folder; an empty folder with a slash. */
function listTree(root: string, below = ''): string[] {
  return fs.readdirSync(path.join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const name = below + entry.name;
    if (!entry.isDirectory()) return [name];
    const children = listTree(root, `${name}/`);
    return children.length === 0 ? [`${name}/`] : children;
  });
}

/** The stamp of an archive made just now; those of 2020 and 2099 are part of the cases. */
function maskStamp(name: string): string {
  return name.replace(/\.(deleted|reset)\.(?!2020-|2099-)\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z/g, '.$1.<ts>');
}
