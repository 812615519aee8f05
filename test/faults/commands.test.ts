import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { breakEverywhere, type Fault, type FaultScenario, type Figures, nameOf } from '../helpers/faults.ts';
import { event, header, message } from '../helpers/lines.ts';
import { scratchFolder, writeTree } from '../helpers/scratch.ts';
import { dayMs, sessionsHome, setAge } from '../helpers/sessions-home.ts';
import { genuineHome } from '../helpers/sqlite.ts';
import { isThorough } from '../helpers/thorough.ts';

const main = '.openclaw/agents/main/sessions';
const work = '.openclaw/agents/work/sessions';

const scenarios: Readonly<Record<string, () => FaultScenario>> = {
  cleanup,
  delete: deleteRows,
  'export-trajectory': exportOne,
  list,
  'list (SQLite)': listDatabase,
  'export-trajectory (SQLite)': exportFromDatabase,
};

const short: readonly Fault[] = [{ kind: 'kill' }, { kind: 'some error' }, { kind: 'ENOSPC', lasts: true }];
const long: readonly Fault[] = [
  { kind: 'kill' },
  { kind: 'torn' },
  { kind: 'EACCES' },
  { kind: 'EIO' },
  { kind: 'ENOSPC' },
  { kind: 'ENOSPC', lasts: true },
  { kind: 'EROFS', lasts: true },
];

/** The commands share much: each place is made to fail once. */
const visited = new Set<string>();

describe.each(Object.entries(scenarios))('%s, broken at every call of the file system', (command, scenario) => {
  it.each((isThorough ? long : short).map((fault) => [nameOf(fault), fault] as const))(
    '%s: keeps the laws',
    async (_name, fault) => {
      const found = await breakEverywhere(scenario(), fault, fault.kind === 'some error' ? visited : new Set());
      if (isThorough) process.stderr.write(figuresRow(command, fault, found));
      expect(found.broken).toEqual([]);
    },
    isThorough ? 1_800_000 : 300_000,
  );
});

/** A row of the table in docs/testing.md. */
function figuresRow(command: string, fault: Fault, { points, laws, broken }: Figures): string {
  const operations = Object.entries(points).map(([operation, count]) => `${operation} ${count}`);
  const cells = [command, nameOf(fault), sum(Object.values(points)), laws, broken.length, operations.join(', ')];
  return `| ${cells.join(' | ')} |\n`;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Rows and files for every step of a cleanup, in the stores of two agents. */
function cleanup(): FaultScenario {
  const old = 40 * dayMs;
  const transcripts = (...names: string[]): Record<string, number> =>
    Object.fromEntries(names.map((name) => [`${name}.jsonl`, old]));
  const { home } = sessionsHome({
    config: { agents: { list: [{ id: 'main' }, { id: 'work' }] } },
    // So close that one file left over is too much again.
    maintenance: { maxEntries: 4, maxDiskBytes: 3100, highWaterBytes: 3000 },
    store: {
      'agent:main:main': { sessionId: 'kept', age: 1000, channel: 'telegram' },
      'agent:main:stale': { sessionId: 'stale', age: old },
      'agent:main:custom': { sessionId: 'c', sessionFile: 'custom.jsonl', age: old },
      'agent:main:telegram:group:1': { sessionId: 'group', age: old },
      'agent:main:direct:p1': { sessionId: 'direct', age: dayMs },
      'agent:main:missing': { sessionId: 'missing', age: dayMs },
      'agent:main:x1': { sessionId: 'x1', age: 2 * dayMs },
      'agent:main:x2': { sessionId: 'x2', age: 3 * dayMs },
      'agent:main:x3': { sessionId: 'x3', age: 4 * dayMs },
    },
    files: {
      ...transcripts('kept', 'stale', 'c', 'custom', 'group', 'direct', 'x1', 'x2', 'x3', 'orphan'),
      'stale.trajectory.jsonl': old,
      'stale.trajectory-path.json': old,
      'gone.jsonl.deleted.2020-01-01T00-00-00.000Z': old,
    },
  });
  const big = Object.fromEntries(
    ['b1', 'b2', 'b3', 'unnamed'].map((name) => [`${work}/${name}.jsonl`, name.repeat(500)]),
  );
  writeTree(home, {
    [`${work}/sessions.json`]: {
      'agent:work:a': { sessionId: 'b1', updatedAt: Date.now() - 3 * dayMs },
      'agent:work:b': { sessionId: 'b2', updatedAt: Date.now() - 2 * dayMs },
      'agent:work:c': { sessionId: 'b3', updatedAt: Date.now() - dayMs },
    },
    ...big,
  });
  // A store that was written a moment ago is read twice.
  for (const name of [main, work]) setAge(path.join(home, name, 'sessions.json'), dayMs);
  for (const name of Object.keys(big)) setAge(path.join(home, name), 2 * dayMs);
  return {
    command: 'cleanup',
    args: ['cleanup', '--all-agents', '--enforce', '--fix-missing', '--fix-dm-scope', '--lock-timeout', '0', '--json'],
    home,
    stores: [`${main}/sessions.json`, `${work}/sessions.json`],
  };
}

function deleteRows(): FaultScenario {
  const { home } = sessionsHome({
    store: {
      'agent:main:a': { sessionId: 'a', age: dayMs },
      'agent:main:b': { sessionId: 'b', age: dayMs },
      'agent:main:c': { sessionId: 'c', age: dayMs },
    },
    files: { 'a.jsonl': dayMs, 'b.jsonl': dayMs, 'c.jsonl': dayMs, 'a.trajectory.jsonl': dayMs },
  });
  const store = `${main}/sessions.json`;
  setAge(path.join(home, store), dayMs);
  return {
    command: 'delete',
    args: ['delete', '--store', store, 'agent:main:a', 'agent:main:b', '--yes', '--json'],
    next: ['cleanup', '--store', store, '--lock-timeout', '0', '--json'],
    home,
    stores: [store],
  };
}

/** A session with every file that a bundle is made of. */
function exportOne(): FaultScenario {
  const text = (lines: readonly unknown[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const store = { 'agent:main:main': { sessionId: 's', updatedAt: 1 } };
  const home = writeTree(scratchFolder(), {
    [`${main}/sessions.json`]: store,
    [`${main}/s.jsonl`]: text([header, message('1', null, 'hello'), message('2', '1', 'again')]),
    [`${main}/s.trajectory.jsonl`]: text([
      event('context.compiled', { systemPrompt: 'be kind', tools: [{ name: 't' }] }),
      event('model.completed', { status: 'ok' }),
    ]),
  });
  return {
    command: 'export-trajectory',
    args: ['export-trajectory', '--session-key', 'agent:main:main', '--output', 'a/b', '--json'],
    home,
    stores: [`${main}/sessions.json`],
    isOnce: true,
  };
}

function list(): FaultScenario {
  const row = { sessionId: 'a', updatedAt: 1 };
  const home = writeTree(scratchFolder(), {
    '.openclaw/openclaw.json': { agents: { list: [{ id: 'main' }, { id: 'work' }] } },
    [`${main}/sessions.json`]: { 'agent:main:a': row, 'agent:main:b': row },
    [`${work}/sessions.json`]: { 'agent:work:a': row },
  });
  return {
    command: 'list',
    args: ['list', '--all-agents', '--json'],
    home,
    stores: [`${main}/sessions.json`, `${work}/sessions.json`],
    isReading: true,
  };
}

function listDatabase(): FaultScenario {
  return { command: 'list (SQLite)', args: ['list', '--json'], home: genuineHome().home, stores: [], isReading: true };
}

function exportFromDatabase(): FaultScenario {
  const { home } = genuineHome();
  return {
    command: 'export-trajectory (SQLite)',
    args: ['export-trajectory', '--session-key', 'agent:main:main', '--output', 'b', '--json'],
    home,
    stores: [],
    isOnce: true,
  };
}
