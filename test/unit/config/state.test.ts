import path from 'node:path';
import { expect, test } from 'vitest';
import { loadState } from '../../../src/config/state.ts';
import { scratchFolder, writeTree } from '../../helpers/scratch.ts';
import { testWorld } from '../../helpers/world.ts';

type Tree = Readonly<Record<string, string>>;

/** Loads the state of a home with these files; paths come back relative to it. */
async function load(tree: Tree, env: Readonly<Record<string, string>> = {}, options = {}) {
  const home = writeTree(scratchFolder(), tree);
  const world = testWorld({ env: { HOME: home, ...env }, cwd: home });
  const state = await loadState(world, options);
  const below = (file: string | undefined) => file && path.relative(home, file);
  return {
    ...state,
    homeDir: below(state.homeDir),
    stateDir: below(state.stateDir),
    configPath: below(state.configPath),
  };
}

test('finds nothing in an empty home: defaults, no config, no complaint', async () => {
  expect(await load({})).toMatchObject({ homeDir: '', stateDir: '.openclaw', config: {}, warnings: [] });
  expect((await load({})).configPath).toBeUndefined();
});

test.each<[string, Tree, Record<string, string>, object, { stateDir: string; configPath?: string }]>([
  [
    'the default folder',
    { '.openclaw/openclaw.json': '{}', '.clawdbot/clawdbot.json': '{}' },
    {},
    {},
    { stateDir: '.openclaw', configPath: '.openclaw/openclaw.json' },
  ],
  [
    'the legacy folder',
    { '.clawdbot/clawdbot.json': '{}' },
    {},
    {},
    { stateDir: '.clawdbot', configPath: '.clawdbot/clawdbot.json' },
  ],
  [
    'an empty default folder beside a legacy config',
    { '.openclaw/': '', '.clawdbot/openclaw.json': '{}' },
    {},
    {},
    { stateDir: '.openclaw', configPath: '.clawdbot/openclaw.json' },
  ],
  [
    'a named state folder, whose config alone counts',
    { '.openclaw/openclaw.json': '{}', 'alt/': '' },
    { OPENCLAW_STATE_DIR: ' ~/alt ' },
    {},
    { stateDir: 'alt' },
  ],
  [
    'a named state folder with a legacy config',
    { 'alt/clawdbot.json': '{}' },
    { OPENCLAW_STATE_DIR: 'alt' },
    {},
    { stateDir: 'alt', configPath: 'alt/clawdbot.json' },
  ],
  [
    'a named config file that is missing: no fallback',
    { '.openclaw/openclaw.json': '{}' },
    { OPENCLAW_CONFIG_PATH: '~/c.json' },
    {},
    { stateDir: '.openclaw' },
  ],
  [
    'a named home',
    { 'h/.clawdbot/clawdbot.json': '{}' },
    { OPENCLAW_HOME: '~/h' },
    {},
    { stateDir: 'h/.clawdbot', configPath: 'h/.clawdbot/clawdbot.json' },
  ],
  [
    'a profile',
    { '.openclaw-work/openclaw.json': '{}' },
    {},
    { profile: 'work' },
    { stateDir: '.openclaw-work', configPath: '.openclaw-work/openclaw.json' },
  ],
  [
    'the default profile, which has no legacy folder',
    { '.clawdbot/openclaw.json': '{}' },
    {},
    { profile: 'Default' },
    { stateDir: '.openclaw' },
  ],
  ['--dev', {}, {}, { dev: true }, { stateDir: '.openclaw-dev' }],
  ['--dev with its own profile', {}, {}, { dev: true, profile: 'dev' }, { stateDir: '.openclaw-dev' }],
  [
    'a named state folder with a profile: the folder wins',
    { 'alt/openclaw.json': '{}' },
    { OPENCLAW_STATE_DIR: '~/alt' },
    { profile: 'work' },
    { stateDir: 'alt', configPath: 'alt/openclaw.json' },
  ],
  [
    'a state folder moved by <state>/.env',
    { '.openclaw/.env': 'OPENCLAW_STATE_DIR=~/alt', 'alt/openclaw.json': '{}' },
    {},
    {},
    { stateDir: 'alt', configPath: 'alt/openclaw.json' },
  ],
  [
    'a state folder moved by the config',
    { '.openclaw/openclaw.json': '{"env": {"OPENCLAW_STATE_DIR": "~/alt"}}', 'alt/openclaw.json': '{}' },
    {},
    {},
    { stateDir: 'alt', configPath: '.openclaw/openclaw.json' },
  ],
])('finds %s', async (_name, tree, env, options, expected) => {
  const state = await load(tree, env, options);
  expect({ stateDir: state.stateDir, configPath: state.configPath }).toEqual({ configPath: undefined, ...expected });
});

test.each([
  [{ dev: true, profile: 'work' }, '[openclaw] Cannot combine --dev with --profile'],
  [{ profile: '../x' }, '[openclaw] Invalid --profile (use letters, numbers, "_", "-" only)'],
  [{ profile: 'a'.repeat(65) }, '[openclaw] Invalid --profile (use letters, numbers, "_", "-" only)'],
])('refuses %j', async (options, message) => {
  await expect(load({}, {}, options)).rejects.toMatchObject({ code: 'BAD_PROFILE', exitCode: 2, message });
});

test('layers variables: process, .env of the working directory, .env of the state folder, config', async () => {
  const names = ['A', 'B', 'C', 'D', 'EMPTY'];
  const all = (value: string, from: number) =>
    names
      .slice(from)
      .map((name) => `${name}=${value}\n`)
      .join('');
  const config = { env: { vars: { D: 'vars', E: 'vars', EMPTY: 'config' }, D: 'config', E: 'config' } };
  const state = await load(
    { '.env': all('cwd', 1), '.openclaw/.env': all('state', 2), '.openclaw/openclaw.json': JSON.stringify(config) },
    { A: 'process', EMPTY: '' },
  );
  expect(state.env).toMatchObject({ A: 'process', B: 'cwd', C: 'cwd', D: 'cwd', E: 'config', EMPTY: 'config' });
});

test('lets the working directory neither choose the state nor swap credentials or proxies', async () => {
  const names = ['OPENCLAW_STATE_DIR', 'openclaw_home', 'OPENAI_API_KEY', 'X_BASE_URL', 'HTTPS_PROXY', 'NODE_OPTIONS'];
  const state = await load({ '.env': names.map((name) => `${name}=/elsewhere`).join('\n') });
  expect(state.stateDir).toBe('.openclaw');
  for (const name of names) expect(state.env[name]).toBeUndefined();
});

test('reads JSON5 and substitutes variables of every layer', async () => {
  const state = await load(
    {
      '.openclaw/.env': 'FROM_STATE=s',
      '.openclaw/openclaw.json':
        "\uFEFF{ // comment\n env: {FROM_CONFIG: 'c'}, session: { store: '${FROM_STATE}/${FROM_CONFIG}/$${X}', }, }",
    },
    {},
  );
  expect(state.config.session?.store).toBe('s/c/${X}');
});
