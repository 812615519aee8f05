import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bin } from '../helpers/cli.ts';
import { scratchFolder, writeTree } from '../helpers/scratch.ts';

const recorder = pathToFileURL(path.resolve(import.meta.dirname, '../helpers/record-modules.mjs')).href;
const builtinRecorder = path.resolve(import.meta.dirname, '../helpers/record-builtins.cjs');

interface Loaded {
  /** Our own source files that went into the loaded chunks. */
  readonly own: readonly string[];
  /** Packages that went into them. */
  readonly packages: readonly string[];
  readonly chunks: number;
}

/** What a run of the built program really loads; esbuild names every source file in a comment of its chunk. */
function modulesOf(args: readonly string[], home: string): Loaded {
  const urls = record(['--import', recorder, bin, ...args], home);
  const chunks = urls.filter((url) => url.startsWith('file:') && url.includes('/dist/'));
  const sources = chunks
    .flatMap((url) => [
      ...fs.readFileSync(fileURLToPath(url), 'utf8').matchAll(/^\/\/ (src\/\S+|\S*node_modules\/\S+)$/gm),
    ])
    .map(([, source = '']) => source);
  const packages = sources.map((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]);
  return {
    own: sources.filter((source) => source.startsWith('src/')).sort(),
    packages: [...new Set(packages.filter((name) => name !== undefined))].sort(),
    chunks: chunks.length,
  };
}

/** Modules of Node.js that a run loads beside those of a program that does nothing, its internal ones left out. */
function builtinsOf(args: readonly string[], home: string): readonly string[] {
  const bare = record(['-r', builtinRecorder, '-e', '0'], home);
  return record(['-r', builtinRecorder, bin, ...args], home).filter((name) => !bare.includes(name));
}

function record(args: readonly string[], home: string): readonly string[] {
  const run = spawnSync(process.execPath, args, {
    env: { PATH: process.env['PATH'], HOME: home, TERM: 'dumb' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  expect(run.stderr.toString()).toBe('');
  return JSON.parse(String(run.output[3])) as string[];
}

const store = '.openclaw/agents/main/sessions/sessions.json';
const config = { session: { store: '~/.openclaw/agents/{agentId}/sessions/sessions.json' } };

describe('what a start loads', () => {
  it('for list --json: commander, small modules of Node.js, and our own small files', () => {
    const home = writeTree(scratchFolder(), { [store]: { 'agent:main:main': {} }, '.openclaw/openclaw.json': config });
    const { own, packages, chunks } = modulesOf(['list', '--json'], home);
    expect(packages).toEqual(['commander']);
    // The entry, what it needs, what list needs, and at most two of the bundler's own: each costs a hundredth of a start.
    expect(chunks).toBeLessThanOrEqual(5);
    expect(builtinsOf(['list', '--json'], home).toSorted()).toEqual(['node:os', 'node:process']);
    const strangers = /gateway|sqlite-store|scanned|list-table|cleanup|lock|trajectory|redaction|transcript/;
    expect(own.filter((source) => strangers.test(source))).toEqual([]);
  });

  it('for piped text: nothing more than for JSON', () => {
    const home = writeTree(scratchFolder(), { [store]: { 'agent:main:main': {} } });
    expect(modulesOf(['list'], home)).toEqual(modulesOf(['list', '--json'], home));
    expect(builtinsOf(['list'], home)).toEqual(builtinsOf(['list', '--json'], home));
  });

  it('for a dry run of cleanup: nothing that locks, writes or dials', () => {
    const home = writeTree(scratchFolder(), { [store]: { 'agent:main:main': { sessionId: 's' } } });
    const { own, packages } = modulesOf(['cleanup', '--dry-run', '--json'], home);
    expect(packages).toEqual(['commander']);
    expect(own.filter((source) => /lock\.ts|atomic-write|file-steps|gateway|forward/.test(source))).toEqual([
      'src/files/transcript-lock.ts',
    ]);
  });

  it('for --help: the command line alone', () => {
    const { own, packages } = modulesOf(['--help'], scratchFolder());
    expect(packages).toEqual(['commander']);
    expect(builtinsOf(['--help'], scratchFolder())).toEqual(expect.not.arrayContaining(['node:stream']));
    expect(own).toEqual([
      'src/core/printable.ts',
      'src/errors.ts',
      'src/main.ts',
      'src/parse-command.ts',
      'src/program.ts',
      'src/world.ts',
    ]);
  });
});
