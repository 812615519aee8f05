import fs from 'node:fs';
import path from 'node:path';
import { buildHome, readHome } from './home.ts';
import { type Outcome, type Program, runIn } from './programs.ts';
import type { Case } from './state.ts';

/** Where the two programs of a comparison run: homes of equal standing with the same state in them. */
export interface Ground {
  readonly runReference: (given: Case) => Promise<Outcome>;
  readonly runOurs: (program: Program, given: Case) => Promise<Outcome>;
  /** What the home holds before any command. */
  readonly filesBefore: (given: Case) => Outcome['files'];
}

/**
 * A new home for every run, taken away afterwards. Their paths have one length: a disk budget counts the bytes of a store
 * with the paths in it.
 */
export function freshHomes(reference: Program, scratch: string): Ground {
  let homes = 0;
  const inHome = async <Result>(
    name: 'one' | 'two',
    work: (home: string) => Result | Promise<Result>,
  ): Promise<Result> => {
    const home = path.join(scratch, `home-${String(homes++).padStart(6, '0')}`, name);
    try {
      return await work(home);
    } finally {
      fs.rmSync(path.dirname(home), { recursive: true, force: true });
    }
  };
  const run = (program: Program, { args, state }: Case, name: 'one' | 'two'): Promise<Outcome> =>
    inHome(name, (home) => runIn(buildHome(home, state), program, args));
  return {
    runReference: (given) => run(reference, given, 'one'),
    runOurs: (program, given) => run(program, given, 'two'),
    filesBefore: ({ state }) => {
      const home = path.join(scratch, 'home-before', 'two');
      fs.rmSync(home, { recursive: true, force: true });
      const built = buildHome(home, state);
      return readHome(built, built.nowMs);
    },
  };
}
