import fc from 'fast-check';
import { normalizeAgentId } from '../../src/core/agent-id.ts';
import { configWriting, type ConfigWriting } from './config-files.ts';
import { sometimes } from './sometimes.ts';

/**
 * `list` configs are about agents and models, `cleanup` configs about maintenance, and a few of both are such that they
 * are refused; `plain` ones name agents and stores only.
 */
export type ConfigShape = 'list' | 'cleanup' | 'plain';

/** A config and the stores that it means, below the home: one for each agent, or one that they share. */
export interface Configured {
  readonly config: unknown;
  readonly writing: ConfigWriting;
  readonly storePaths: readonly string[];
  /** The agent of each store. */
  readonly agents: readonly string[];
}

export function configuration(shape: ConfigShape): fc.Arbitrary<Configured> {
  return fc
    .record({
      ids: fc.constantFrom<readonly string[]>(
        [],
        ['main'],
        ['main', 'work'],
        ['work', 'main', 'ops'],
        ...(shape === 'list' ? oddIds : []),
      ),
      store: sometimes(45, fc.constantFrom(...(shape === 'cleanup' ? cleanupStores : listStores))),
      base: shape === 'list' ? listConfig : fc.constant({}),
      session: shape === 'cleanup' ? cleanupSession : listSession,
      agentFields: fc.array(agentFields(shape), { minLength: 4, maxLength: 4 }),
      brokenBy: sometimes(shape === 'plain' ? 0 : 2, fc.constantFrom(...breakages)),
      later: sometimes(shape === 'plain' ? 0 : 6, fc.constantFrom<Later>('entries', 'unknown keys', 'both')),
      writing: shape === 'plain' ? fc.constant({}) : configWriting,
    })
    .map(({ ids, store, base, session, agentFields: perAgent, brokenBy, later, writing }): Configured => {
      const list = ids.map((id, index) => ({ id, ...perAgent[index] }));
      const defaults = (base as { agents?: object }).agents;
      const config = {
        ...base,
        ...(list.length === 0 && defaults === undefined
          ? {}
          : { agents: { ...defaults, ...(list.length === 0 ? {} : { list }) } }),
        session: store === undefined ? session : withStore(session, store),
        gateway: { port: 1 },
        ...brokenBy,
      };
      // What breaks a config is, in one of a later release, a key that is not known yet.
      const isLater = later !== undefined && brokenBy === undefined;
      return { config: isLater ? asLater(config, later) : config, writing, ...storesOf(ids, store) };
    });
}

/**
 * A store that counts as a transcript (V20) has no budget, and nothing is old at once: the reference deletes it for either
 * while it writes it.
 */
function withStore(session: object, store: string): object {
  const { maintenance } = session as { readonly maintenance?: object };
  if (maintenance === undefined || !store.endsWith('.jsonl')) return { ...session, store };
  const kept = Object.entries(maintenance).filter(
    ([name]) => !['maxDiskBytes', 'pruneAfter', 'pruneDays'].includes(name),
  );
  return { ...session, maintenance: Object.fromEntries(kept), store };
}

/** As a later release writes it: agents by their id, and what 2026.5.12 does not know. */
type Later = 'entries' | 'unknown keys' | 'both';

/** Known to no release. */
export const unknownKey = 'notYetKnown';

function asLater(config: Readonly<Record<string, unknown>>, later: Later): unknown {
  const { agents, session } = config as { readonly agents?: Agents; readonly session?: object };
  const { list = [], ...others } = agents ?? {};
  const hasEntries = later !== 'unknown keys' && list.length > 0;
  const entries = Object.fromEntries(list.map(({ id, ...fields }) => [id, fields]));
  return {
    ...(later === 'entries' ? {} : { meta: { lastTouchedVersion: '2026.9.6' } }),
    ...config,
    ...(hasEntries ? { agents: { ...others, entries } } : {}),
    ...(later === 'entries' ? {} : { [unknownKey]: { a: 1 }, session: { ...session, [unknownKey]: true } }),
  };
}

interface Agents {
  readonly list?: readonly { readonly id: string }[];
}

function storesOf(ids: readonly string[], store: string | undefined): Pick<Configured, 'storePaths' | 'agents'> {
  const agents = [...new Set(ids.map(normalizeAgentId))];
  if (agents.length === 0) agents.push('main');
  const byPath = new Map<string, string>();
  for (const agent of agents) {
    const path = (store ?? '~/.openclaw/agents/{agentId}/sessions/sessions.json')
      .replace(/^~\//, '')
      .replaceAll('{agentId}', agent);
    if (!byPath.has(path)) byPath.set(path, agent);
  }
  return { storePaths: [...byPath.keys()], agents: [...byPath.values()] };
}

const oddIds = [
  ['Main', 'Work'],
  ['main', 'main', 'work'],
  ['My Agent!', 'w'],
  ['main', '\u00f6ne', 'ops', ''],
  ['w o r k', 'main'],
];
const listStores = ['~/st/{agentId}.json', '~/shared.json', '{agentId}/s.json', '~/st/{agentid}.json'];
const cleanupStores = [
  '~/shared/store.json',
  '~/st/{agentId}/sess.json',
  '~/st/{agentId}.json',
  '~/st/{agentId}.jsonl',
];

/** What makes the reference refuse a config, in sections that this tool knows. */
const breakages: readonly object[] = [
  { bogus: 1 },
  { session: { scope: 'x', store: 5 } },
  { agents: { list: [{ id: 5 }] } },
  { session: { maintenance: { mode: 'x', maxEntries: 0, foo: 1 } } },
  { session: { maintenance: { pruneAfter: '2w', maxDiskBytes: '10 qb' } } },
  { session: { maintenance: { pruneAfter: '', resetArchiveRetention: 'soon', highWaterBytes: -1 } } },
  { session: { maintenance: { pruneAfter: '1h 30m' } } },
  { session: { maintenance: { pruneAfter: -1, maxDiskBytes: '-1' } } },
  { session: { maintenance: { pruneAfter: true, resetArchiveRetention: null, maxEntries: '5' } } },
  { session: { maintenance: { resetArchiveRetention: true, pruneDays: 1.5, maxDiskBytes: false } } },
  { session: { maintenance: { pruneAfter: null, maxEntries: 1.5, pruneDays: 0 } } },
  { session: { maintenance: { pruneAfter: 1e21, maxDiskBytes: 1e21 } } },
  { session: { maintenance: [] } },
];

function agentFields(shape: ConfigShape): fc.Arbitrary<object> {
  const isDefault = sometimes(20, fc.constant({ default: true })).map((set) => set ?? {});
  if (shape !== 'list') return isDefault;
  return fc
    .tuple(
      isDefault,
      fc.record(
        {
          model: fc.constantFrom<unknown>(
            'anthropic/claude-opus-4-6',
            'gpt-5',
            { primary: 'prov-a/shared-model' },
            '',
            { primary: ' ' },
            'claude-cli/x',
            'z-ai/gemini-3-pro',
            {},
          ),
          models: fc.constantFrom<unknown>(
            { 'openai/gpt-5': { agentRuntime: { id: 'agent-rt' } } },
            { 'claude-opus-4-6': { agentRuntime: { id: 'claude-cli' } } },
            { 'anthropic/claude-opus-4-6': { agentRuntime: { id: 'codex' } } },
            { 'z-ai/glm': { agentRuntime: { id: '' } } },
          ),
          contextTokens: fc.constant(5000),
        },
        { requiredKeys: [] },
      ),
    )
    .map(([first, second]) => ({ ...first, ...second }));
}

const listSession = fc.record(
  { scope: fc.constant('global'), dmScope: fc.constant('per-peer'), mainKey: fc.constant('work') },
  { requiredKeys: [] },
);

const maintenance = fc.record(
  {
    mode: fc.constantFrom('warn', 'enforce'),
    pruneAfter: fc.oneof(
      {
        weight: 12,
        arbitrary: fc.constantFrom<unknown>(
          '30d',
          '7d',
          7,
          '168h',
          ' 7D ',
          '12h',
          '0.5',
          '3d',
          3,
          '1h30m',
          0.5,
          '1.5H',
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom<unknown>(0, '0', '0h', '0d0h') },
    ),
    pruneDays: fc.constantFrom(30, 1),
    maxEntries: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 1, max: 12 }) },
      { weight: 1, arbitrary: fc.constantFrom(1e15, 500) },
    ),
    resetArchiveRetention: fc.constantFrom<unknown>(false, '10d', 1, '2h', 0, '0'),
    maxDiskBytes: fc.constantFrom<unknown>(
      0,
      500,
      2000,
      4000,
      '4kb',
      '8k',
      20_000,
      '1mb',
      '0',
      2000.5,
      ' 1.5KB ',
      '4000b',
    ),
    highWaterBytes: fc.constantFrom<unknown>(0, 100, 1500, '2kb', '10mb', '0.5k', 99.5),
    rotateBytes: fc.constant('zzz'),
  },
  { requiredKeys: [] },
);
const cleanupSession = fc.record(
  { maintenance, dmScope: fc.constantFrom('main', 'per-peer', 'per-channel-peer') },
  { requiredKeys: [] },
);

const modelRefs = [
  'openai/gpt-5',
  'OpenAI/gpt-5.5',
  'anthropic/*',
  'claude-opus-4-6',
  'anthropic/claude-opus-4-6',
  'cli-model',
  'prov-a/shared-model',
  'prov-b/Shared-Model',
  'prov-a/only-a',
  'z-ai/glm',
  'zai/glm',
  'meta/llama-3',
  'openrouter/meta/llama',
  'claude-cli/claude-x',
  'opus',
  'openai/*',
  'prov-a/cli-model',
  'openai-codex/gpt-5.5',
];
const runtimeIds = [
  'claude-cli',
  ' codex ',
  '',
  'My-Harness',
  'default',
  'codex-app-server',
  'pi',
  'auto',
  'google-gemini-cli',
];
const runtime = fc.constantFrom(...runtimeIds).map((id) => ({ agentRuntime: { id } }));

const defaults = fc.record(
  {
    model: fc.constantFrom<unknown>(
      'gpt-5',
      'anthropic/claude-opus-4-6',
      'OpenAI/gpt-5',
      'mybackend/m1',
      'claude-cli/claude-x',
      'shared-model',
      'local-1',
      { primary: 'openai/gpt-5', fallbacks: ['x'] },
      { primary: '' },
      { fallbacks: ['y'] },
      { primary: 'z-ai/glm' },
      '',
      ' ',
      '/x',
      'google/gemini-3-pro',
      'openai-codex/gpt-5.5',
      'codex-cli/gpt-5',
      {},
    ),
    contextTokens: fc.constantFrom(1, 32_000, 1_000_000),
    models: fc.dictionary(
      fc.constantFrom(...modelRefs),
      fc.oneof(fc.constantFrom<unknown>({}, { alias: 'opus' }, { agentRuntime: {} }, { params: { a: 1 } }), runtime),
      { maxKeys: 7 },
    ),
    cliBackends: fc.constantFrom<unknown>(
      { mybackend: { command: 'x' } },
      { MyBackend: { command: 'x' } },
      {},
      { 'prov-a': { command: 'x' } },
      { openai: { command: 'c' } },
    ),
  },
  { requiredKeys: [] },
);

const providerModel = fc
  .tuple(
    fc.constantFrom(
      'shared-model',
      'only-a',
      'cli-model',
      'gpt-5',
      'gpt-5.5',
      'claude-opus-4-6',
      'Shared-Model',
      'glm',
      'local-1',
      'prov-a/only-a',
      'meta/llama-3',
      ' only-a ',
    ),
    fc.record(
      {
        contextWindow: fc.constantFrom(1000, 64_000.5, 400_000),
        contextTokens: fc.constantFrom(2000, 50_000),
        agentRuntime: fc.constantFrom({ id: 'model-rt' }, { id: '' }, { id: 'codex' }),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([id, more]) => ({ id, name: 'n', ...more }));
const provider = fc
  .tuple(
    fc.constantFrom(
      'http://x',
      'https://api.openai.com',
      'https://api.openai.com/v1',
      'https://api.openai.com/v1/',
      'https://API.openai.com/v1',
      'https://api.openai.com/v2',
      ' https://api.openai.com/v1 ',
      'not a url',
    ),
    fc.array(providerModel, { maxLength: 3 }),
    fc.record(
      {
        contextWindow: fc.constant(7777),
        contextTokens: fc.constant(8888),
        agentRuntime: fc.constantFrom({ id: 'prov-rt' }, { id: 'codex' }, { id: ' pi ' }, { id: 'auto' }),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([baseUrl, models, more]) => ({ baseUrl, models, ...more }));

const listConfig = fc.record(
  {
    agents: fc.record({ defaults }),
    models: fc.record({
      providers: fc.dictionary(
        fc.constantFrom(
          'prov-a',
          'prov-b',
          'openai',
          'OpenAI',
          'anthropic',
          'z-ai',
          'ollama',
          'mybackend',
          'claude-cli',
          'openai-codex',
        ),
        provider,
        { maxKeys: 4 },
      ),
    }),
    plugins: fc.constantFrom<unknown>(
      { enabled: false },
      { deny: ['anthropic'] },
      { entries: { anthropic: { enabled: false } } },
      { allow: ['openai'] },
      { allow: [] },
      { deny: ['openai', 'google'] },
    ),
  },
  { requiredKeys: [] },
);
