import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadState } from '../../../src/config/state.ts';
import { scratchFolder, writeTree } from '../../helpers/scratch.ts';
import { testWorld } from '../../helpers/world.ts';

// What the reference says to a config is in fixtures/config; here is what cannot be a fixture, or is ours alone.

async function load(config: unknown, tree: Readonly<Record<string, unknown>> = {}) {
  const home = writeTree(scratchFolder(), { '.openclaw/openclaw.json': config, ...tree });
  return { home, state: await loadState(testWorld({ env: { HOME: home }, cwd: home }), {}) };
}

const issuesOf = (loading: Promise<unknown>): Promise<unknown> =>
  loading.then(
    () => [],
    (error: unknown) => (error as { details: { issues: unknown } }).details.issues,
  );

test('folds agents.entries of 9.x into the list, behind those of the list', async () => {
  const { state } = await load({
    agents: {
      list: [{ id: 'a' }],
      entries: { Work: { default: true, model: 'z-ai/glm', newKey: 1 }, other: {} },
    },
  });
  expect(state.config.agents).toEqual({
    list: [{ id: 'a' }, { id: 'Work', default: true, model: 'zai/glm', newKey: 1 }, { id: 'other' }],
  });
});

test('checks what it reads of agents.entries', async () => {
  const loading = load({ agents: { entries: { a: { default: 1 }, b: 5 } } });
  expect(await issuesOf(loading)).toEqual([
    {
      path: 'agents.entries.a.default',
      message: 'Invalid input: expected boolean, received number (allowed: true, false)',
    },
    { path: 'agents.entries.b', message: 'Invalid input: expected object, received number' },
  ]);
});

test.each([
  ['2026.5.13', 0],
  ['v2026.6.0', 0],
  ['2027.1.1-beta.2', 0],
  ['2026.5.12', 1],
  ['2026.5.12-2', 1],
  ['2026.4.99', 1],
  ['2025.12.31', 1],
  ['later', 1],
  ['', 1],
])('lets unknown keys pass when a later release wrote the config: %s, %d issues', async (version, issues) => {
  const loading = load({ meta: { lastTouchedVersion: version }, session: { newKey: 1 } });
  expect(await issuesOf(loading)).toHaveLength(issues);
});

test('lets content pass that it does not use', async () => {
  const config = { channels: { nowhere: {} }, tools: { bogus: 1 }, bindings: [5], gateway: { port: 'x' } };
  expect((await load(config)).state.config).toEqual(config);
});

test('checks the known keys of a later config all the same', async () => {
  const loading = load({ meta: { lastTouchedVersion: '2027.1.1' }, newKey: 1, session: { store: 5 } });
  expect(await issuesOf(loading)).toEqual([
    { path: 'session.store', message: 'Invalid input: expected string, received number' },
  ]);
});

test('expands ~ in paths, and not in the store template', async () => {
  const { home, state } = await load({
    session: { store: '~/s' },
    agents: {
      list: [
        { id: 'a', workspace: '~/w', agentDir: '~', name: '~/n' },
        { id: 'b', workspace: '~bob/w' },
      ],
    },
    plugins: { load: { paths: ['~/p'] } },
  });
  expect(state.config.session?.store).toBe('~/s');
  expect(state.config.agents?.list).toEqual([
    { id: 'a', workspace: `${home}/w`, agentDir: home, name: '~/n' },
    { id: 'b', workspace: '~bob/w' },
  ]);
  expect(state.config.plugins).toEqual({ load: { paths: [`${home}/p`] } });
});

test('warns once about ignored keys and several default agents', async () => {
  const agents = { list: ['a', 'b', 'c'].map((id) => ({ id, default: true })) };
  const { state } = await load({ session: { mainKey: 'x' }, agents });
  expect(state.warnings).toEqual([
    'session.mainKey is ignored; main session is always "main".',
    '[agent-scope] Multiple agents marked default=true; using the first entry as default.',
  ]);
});

test.each([
  [
    'a hard link',
    (file: string) => {
      fs.linkSync(file, `${file}.second`);
    },
  ],
  [
    'a file above 2 MiB',
    (file: string) => {
      fs.writeFileSync(file, '{}'.padEnd(2 * 1024 * 1024 + 1));
    },
  ],
])('refuses to include %s', async (_what, spoil) => {
  const home = writeTree(scratchFolder(), {
    '.openclaw/a.json': {},
    '.openclaw/openclaw.json': { $include: 'a.json' },
  });
  const loading = (): Promise<unknown> => loadState(testWorld({ env: { HOME: home }, cwd: home }), {});
  expect(await issuesOf(loading())).toEqual([]);
  spoil(path.join(home, '.openclaw/a.json'));
  expect(await issuesOf(loading())).toEqual([
    {
      path: '',
      message: 'Include file failed security checks (regular file, max 2097152 bytes, no hardlinks): a.json',
    },
  ]);
});

test('takes hostile names as data', async () => {
  const written = `{"$include": "a.json", "env": {"constructor": "c", "__proto__": "p", "vars": {"toString": "t"}}, "session": {"__proto__": {"store": "x"}}}`;
  const { state } = await load(written, { '.openclaw/a.json': '{"__proto__": {"polluted": true}}' });
  expect(state.env).toMatchObject({ constructor: 'c', toString: 't' });
  expect(state.config.session?.store).toBeUndefined();
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('refuses a config that is nested too deeply to be walked', async () => {
  const depth = 100_000;
  const loading = load(`{"plugins": ${'['.repeat(depth)}${']'.repeat(depth)}}`);
  await expect(loading).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('names owner and mode of a config that may not be read', () => {
  const home = writeTree(scratchFolder(), { '.openclaw/openclaw.json': {} });
  const file = path.join(home, '.openclaw/openclaw.json');
  fs.chmodSync(home, 0o755);
  fs.chmodSync(file, 0o000);
  const program = path.resolve(import.meta.dirname, '../../helpers/load-state-unprivileged.ts');
  const lines = execFileSync(process.execPath, [program, home], { encoding: 'utf8' }).split('\n');
  expect(lines[0]).toBe('CONFIG_INVALID');
  expect(lines).toContain(`  - <root>: read failed: Error: EACCES: permission denied, open '${file}'`);
  expect(lines.at(-2)).toMatch(/^Permission denied: .*openclaw\.json \(owner uid \d+, mode 0000; run as that user\)$/);
});
