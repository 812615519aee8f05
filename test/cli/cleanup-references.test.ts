import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { scratchFolder, treeState, writeTree } from '../helpers/scratch.ts';

const day = 24 * 60 * 60_000;
const config = '.openclaw/openclaw.json';
const ago = (ms: number): number => Date.now() - ms;

/** A home with these files; those that are given as text were changed 40 days ago. */
function oldHome(files: Readonly<Record<string, unknown>>): string {
  const home = writeTree(scratchFolder(), files);
  for (const [name, content] of Object.entries(files)) {
    if (typeof content === 'string') fs.utimesSync(path.join(home, name), ago(40 * day) / 1000, ago(40 * day) / 1000);
  }
  return home;
}

const row = (sessionId: string, sessionFile?: string): object => ({
  sessionId,
  ...(sessionFile === undefined ? {} : { sessionFile }),
  updatedAt: ago(day),
});

describe('stores that are called like transcripts and share a folder (V20)', () => {
  const home = (files: Readonly<Record<string, unknown>>): string => {
    const made = oldHome({
      [config]: {
        agents: { list: [{ id: 'main' }, { id: 'work' }] },
        session: { store: '~/stores/{agentId}.jsonl' },
      },
      'stores/old.jsonl': 'x',
      ...files,
    });
    for (const name of fs.readdirSync(path.join(made, 'stores'))) {
      fs.utimesSync(path.join(made, 'stores', name), ago(40 * day) / 1000, ago(40 * day) / 1000);
    }
    return made;
  };
  const updatedAt = ago(day);
  const store = (agent: string): object => ({ [`agent:${agent}:a`]: { sessionId: `${agent}1`, updatedAt } });

  it.each([[['--agent', 'main']], [['--all-agents']]])('none of them is an old transcript: %j', async (scope) => {
    const made = home({ 'stores/main.jsonl': store('main'), 'stores/work.jsonl': store('work') });
    const { exitCode } = await runCli(['cleanup', '--enforce', ...scope], { home: made });
    expect(exitCode).toBe(0);
    expect(fs.readdirSync(path.join(made, 'stores')).sort()).toEqual(['main.jsonl', 'work.jsonl']);
    expect(JSON.parse(fs.readFileSync(path.join(made, 'stores/work.jsonl'), 'utf8'))).toEqual(store('work'));
  });

  it('and none counts as a transcript beside a store that is not there yet', async () => {
    const made = home({ 'stores/main.jsonl': store('main') });
    const { exitCode } = await runCli(['cleanup', '--enforce', '--all-agents'], { home: made });
    expect(exitCode).toBe(0);
    expect(fs.readdirSync(path.join(made, 'stores')).sort()).toEqual(['main.jsonl', 'work.jsonl']);
  });
});

describe('files that rows of other stores name stay (V10)', () => {
  const shared = {
    [config]: {
      agents: { list: [{ id: 'main' }, { id: 'work' }] },
      session: { store: '~/stores/{agentId}.json' },
    },
    'stores/main.json': { 'agent:main:a': row('m1') },
    'stores/work.json': { 'agent:work:a': row('w1'), 'agent:work:b': row('w2', 'own name.jsonl') },
    'stores/m1.jsonl': 'x',
    'stores/w1.jsonl': 'x',
    'stores/w1-topic-3.jsonl': 'x',
    'stores/w1.trajectory.jsonl': 'x',
    'stores/own name.jsonl': 'x',
    'stores/nobody.jsonl': 'x',
  };

  it.each([[['--all-agents']], [['--agent', 'main']], [['--store', '~/stores/main.json']]])(
    'in a folder that several agents share: %j',
    async (args) => {
      const home = oldHome(shared);
      const { exitCode } = await runCli(['cleanup', '--enforce', ...args], { home });
      expect(exitCode).toBe(0);
      expect(fs.readdirSync(path.join(home, 'stores')).sort()).toEqual(
        Object.keys(shared)
          .map((name) => path.basename(name))
          .filter((name) => !['openclaw.json', 'nobody.jsonl'].includes(name))
          .sort(),
      );
    },
  );

  it('in that folder when no config says that there are others', async () => {
    const home = oldHome({ ...shared, [config]: {} });
    await runCli(['cleanup', '--enforce', '--store', '~/stores/main.json'], { home });
    expect(fs.existsSync(path.join(home, 'stores/own name.jsonl'))).toBe(true);
    expect(fs.existsSync(path.join(home, 'stores/nobody.jsonl'))).toBe(false);
  });

  it('does not archive the transcript of a stale row that another agent uses', async () => {
    const stale = { sessionId: 's', updatedAt: ago(40 * day) };
    const home = oldHome({
      ...shared,
      'stores/main.json': { 'agent:main:a': stale },
      'stores/work.json': { 'agent:work:a': row('t', 's.jsonl') },
      'stores/s.jsonl': 'x',
    });
    const { stderr } = await runCli(['cleanup', '--enforce', '--agent', 'main'], { home });
    expect(stderr).toContain('Left s.jsonl: another row names it');
    expect(fs.existsSync(path.join(home, 'stores/s.jsonl'))).toBe(true);
  });

  it('refuses when a store in the same folder is damaged: what it names is not known', async () => {
    const home = oldHome({ ...shared, 'stores/work.json': '{"agent:work:a": {"sessionId"' });
    const before = treeState(home);
    const { exitCode, stderr } = await runCli(['cleanup', '--enforce', '--agent', 'main'], { home });
    expect(exitCode).toBe(4);
    expect(stderr).toContain(path.join(home, 'stores/work.json'));
    expect(treeState(home)).toEqual(before);
  });

  const elsewhere = (named: string): Readonly<Record<string, unknown>> => ({
    [config]: { agents: { list: [{ id: 'main' }, { id: 'work' }] } },
    '.openclaw/agents/main/sessions/sessions.json': { 'agent:main:a': row('m1') },
    '.openclaw/agents/main/sessions/lent.jsonl': 'x',
    '.openclaw/agents/main/sessions/lent.checkpoint.11111111-1111-4111-8111-111111111111.jsonl': 'x',
    '.openclaw/agents/main/sessions/w1.jsonl': 'x',
    '.openclaw/agents/work/sessions/sessions.json': {
      'agent:work:a': {
        ...row('w1', named),
        compactionCheckpoints: [
          {
            preCompaction: {
              sessionFile: named.replace('.jsonl', '.checkpoint.11111111-1111-4111-8111-111111111111.jsonl'),
            },
          },
        ],
      },
    },
  });

  it("in another agent's folder", async () => {
    const home = scratchFolder();
    const tree = elsewhere(path.join(home, '.openclaw/agents/main/sessions/lent.jsonl'));
    writeTree(home, tree);
    const dir = path.join(home, '.openclaw/agents/main/sessions');
    for (const name of fs.readdirSync(dir)) {
      if (name.endsWith('.jsonl')) fs.utimesSync(path.join(dir, name), ago(40 * day) / 1000, ago(40 * day) / 1000);
    }
    const { exitCode } = await runCli(['cleanup', '--enforce'], { home });
    expect(exitCode).toBe(0);
    // The session id of a row names a file in its own folder only.
    expect(fs.readdirSync(dir).sort()).toEqual([
      'lent.checkpoint.11111111-1111-4111-8111-111111111111.jsonl',
      'lent.jsonl',
      'sessions.json',
    ]);
  });

  it('says that a store in another folder cannot be read, and goes on', async () => {
    const home = oldHome({
      ...elsewhere('/nowhere.jsonl'),
      '.openclaw/agents/work/sessions/sessions.json': '{',
    });
    const { exitCode, stderr } = await runCli(['cleanup', '--enforce', '--agent', 'main'], { home });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('work/sessions/sessions.json may name in other folders are not known');
  });
});

describe('a state that was copied while the old one still exists (V10)', () => {
  it('keeps the copies of the transcripts that its rows go on naming in the old place', async () => {
    const home = scratchFolder();
    const old = path.join(home, '.openclaw/agents/main/sessions');
    const store = { 'agent:main:a': row('a1', path.join(old, 'a1.jsonl')) };
    const sessions = '.openclaw/agents/main/sessions';
    const copy = 'backup/.openclaw/agents/main/sessions';
    writeTree(home, Object.fromEntries([sessions, copy].flatMap((dir) => [[`${dir}/sessions.json`, store]])));
    for (const dir of [sessions, copy]) {
      for (const name of ['a1.jsonl', 'a1.trajectory.jsonl', 'orphan.jsonl']) {
        writeTree(home, { [`${dir}/${name}`]: 'x' });
        fs.utimesSync(path.join(home, dir, name), ago(40 * day) / 1000, ago(40 * day) / 1000);
      }
    }
    const { exitCode } = await runCli(['cleanup', '--enforce', '--store', path.join(home, copy, 'sessions.json')], {
      home,
    });
    expect(exitCode).toBe(0);
    expect(fs.readdirSync(path.join(home, copy)).sort()).toEqual(['a1.jsonl', 'a1.trajectory.jsonl', 'sessions.json']);
    expect(fs.readdirSync(old)).toContain('orphan.jsonl');
  });
});

describe('what only looks like a store is refused before anything is touched (V26)', () => {
  const sessions = '.openclaw/agents/main/sessions';

  it.each([
    ['a lost store', ['cleanup', '--enforce'], 'there is 1 transcript beside it'],
    ['a mistyped one', ['cleanup', '--enforce', '--store', `~/${sessions}/session.json`], 'there is 1 transcript'],
    ['a config', ['cleanup', '--enforce', '--store', `~/${config}`], 'Not a session store'],
    ['a link to another folder', ['cleanup', '--enforce', '--store', '~/links/main.json'], 'link to another folder'],
  ])('%s', async (_name, args, message) => {
    const home = oldHome({
      [config]: { session: { maintenance: { mode: 'enforce' } } },
      [`${sessions}/t.jsonl`]: 'x',
      'real/main.json': { 'agent:main:a': row('a') },
      'real/a.jsonl': 'x',
      'links/b.jsonl': 'x',
    });
    fs.symlinkSync('../real/main.json', path.join(home, 'links/main.json'));
    const before = treeState(home);
    for (const each of [args, [...args, '--dry-run', '--json']]) {
      const { exitCode, stderr } = await runCli(each, { home });
      expect(exitCode).toBe(4);
      expect(stderr).toContain(message);
    }
    expect(treeState(home)).toEqual(before);
  });

  it('but not a missing store in a folder without transcripts, nor one beside the store of another agent', async () => {
    const home = oldHome({
      [config]: { agents: { list: [{ id: 'main' }, { id: 'new' }] }, session: { store: '~/stores/{agentId}.json' } },
      'stores/main.json': { 'agent:main:a': row('a') },
      'stores/a.jsonl': 'x',
    });
    expect((await runCli(['cleanup', '--enforce', '--all-agents'], { home })).exitCode).toBe(0);
    expect((await runCli(['cleanup', '--store', '~/empty/sessions.json'], { home })).exitCode).toBe(0);
    expect(fs.readdirSync(path.join(home, 'stores')).sort()).toEqual(['a.jsonl', 'main.json', 'new.json']);
  });
});
