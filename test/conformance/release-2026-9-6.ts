import fc from 'fast-check';
import fs from 'node:fs';
import path from 'node:path';
import { isJsonObject } from '../../src/core/json.ts';
import { editDatabase, insertNode, sqliteFixtures } from '../helpers/sqlite.ts';
import type { Ground } from './ground.ts';
import { type BuiltHome, buildHome, withTimes } from './home.ts';
import { jsonListCases } from './list.ts';
import { type Outcome, type Program, runIn } from './programs.ts';
import { type Case, isAgo, rowsOf, type State } from './state.ts';

const database = '.openclaw/agents/main/agent/openclaw-agent.sqlite';

/** Configs as 2026.9.6 writes them; each has the agent whose store is listed. */
const configs = fc.constantFrom<object>(
  {},
  {},
  { agents: { entries: { main: {}, work: { default: true } } } },
  { agents: { entries: { Main: { model: 'anthropic/claude-opus-4-6' } } } },
  { agents: { defaults: { model: 'openrouter/auto' } } },
  { agents: { defaults: { model: { primary: 'google/gemini-3-pro' } }, entries: { main: { model: 'zai/glm' } } } },
);

/** Listings of a SQLite store of OpenClaw 2026.9.6 with made-up rows: there the document of 2026.9.6 itself is ours. */
export const sqliteListCases: fc.Arbitrary<Case> = fc
  .tuple(jsonListCases, configs)
  .map(([{ state, args }, config]): Case => {
    const rows = state.stores.flatMap(rowsOf).filter(([key, row]) => isPlainRow(key, row));
    const unique = [...new Map(rows.map(([key, row]) => [key, wellFormed(row)]))];
    return {
      state: {
        config: { ...config, gateway: { port: 1 } },
        stores: [{ path: database, content: { form: 'compact', rows: unique }, files: [] }],
        files: [],
      },
      targets: [database],
      args: ['list', '--agent', 'main', ...options(args, ['--json', '--limit', '--active'])],
    };
  });

/** Keys, session ids and times as 2026.9.6 writes them itself: a single other row makes it refuse the whole list (V51). */
function isPlainRow(key: string, row: unknown): boolean {
  if (!/^agent:main:[a-z0-9:@.-]+$/.test(key) || key.includes('::') || !isJsonObject(row)) return false;
  const { sessionId, updatedAt } = row;
  return typeof sessionId === 'string' && /^\w[\w-]+$/.test(sessionId) && isAgo(updatedAt) && updatedAt.asText !== true;
}

/**
 * What 2026.9.6 takes for a valid row: fields of their types, none of older releases, none that other columns have to
 * repeat (`spawnedBy`; recorded rows have it, test/parity/sqlite-list.test.ts).
 */
function wellFormed(row: unknown): unknown {
  return Object.fromEntries(
    Object.entries(row as object).filter(([name, value]) => name in validFields && validFields[name]!(value)),
  );
}

const isName = (value: unknown): boolean => typeof value === 'string' && value !== '' && value === value.trim();
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const validFields: Readonly<Record<string, (value: unknown) => boolean>> = {
  sessionId: isName,
  updatedAt: isAgo,
  chatType: (value) => ['direct', 'group', 'channel'].includes(String(value)),
  ...Object.fromEntries(['systemSent', 'abortedLastRun', 'totalTokensFresh'].map((name) => [name, isFlag])),
  ...Object.fromEntries(['inputTokens', 'outputTokens', 'totalTokens', 'contextTokens'].map((name) => [name, isCount])),
  ...Object.fromEntries(
    [
      'model',
      'modelProvider',
      'modelOverride',
      'providerOverride',
      'thinkingLevel',
      'verboseLevel',
      'label',
      'agentHarnessId',
    ].map((name) => [name, isName]),
  ),
};

function options(args: readonly string[], names: readonly string[]): readonly string[] {
  return args.filter((arg, index) => names.includes(arg) || ['--limit', '--active'].includes(args[index - 1] ?? ''));
}

/** Homes with the genuine database of a 2026.9.6, its rows replaced. */
export function databaseHomes(reference: Program, scratch: string): Ground {
  let homes = 0;
  const build = (name: string, state: State): BuiltHome => {
    const home = path.join(scratch, `database-${String(homes++).padStart(6, '0')}`, name);
    const built = buildHome(home, { ...state, stores: [] });
    fs.cpSync(path.join(sqliteFixtures, 'genuine-2026.9.6/home'), home, { recursive: true });
    editDatabase(path.join(home, database), (db) => {
      db.exec('DELETE FROM session_nodes');
      for (const [key, row] of state.stores.flatMap(rowsOf)) insertNode(db, key, withTimes(row, built));
    });
    return built;
  };
  const run = async (name: string, program: Program, { args, state }: Case): Promise<Outcome> => {
    const built = build(name, state);
    try {
      // What lies there is binary, and the reference leaves files beside it (V53): only what is printed is compared.
      return { ...(await runIn(built, program, args)), files: {} };
    } finally {
      fs.rmSync(path.dirname(built.home), { recursive: true, force: true });
    }
  };
  return {
    runReference: (given) => run('one', reference, given),
    runOurs: (program, given) => run('two', program, given),
    filesBefore: () => ({}),
  };
}
