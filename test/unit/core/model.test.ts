import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/core/config.ts';
import { createModelCatalog, models2026September } from '../../../src/core/model.ts';

// What follows was observed on OpenClaw 2026.5.12; the common cases are in fixtures/list.

const resolve = (config: Config, entry: Record<string, unknown>, key = 'agent:main:x'): string => {
  const { provider, model } = createModelCatalog(config).resolve(key, entry);
  return `${provider} | ${model}`;
};

describe('a model override', () => {
  it.each([
    [{ modelOverride: 'm' }, 'prov | m'],
    [{ modelOverride: 'm', providerOverride: null }, 'prov | m'],
    [{ modelOverride: 'm', providerOverride: '' }, ' | m'],
    [{ modelOverride: 'm', providerOverride: '  ' }, ' | m'],
    [{ modelOverride: 'm', providerOverride: 5 }, 'prov | m'],
    [{ modelOverride: 'a/b', providerOverride: ' ' }, 'a | b'],
    [{ modelOverride: '/x', providerOverride: '' }, ' | /x'],
    [{ modelOverride: 'PROV/prov/x', providerOverride: 'prov' }, 'prov | x'],
    [{ modelOverride: 'prov/ ', providerOverride: 'prov' }, 'prov | prov/'],
    [{ modelOverride: 'claude-cli/x' }, 'claude-cli | x'],
    [{ modelOverride: ' ', providerOverride: 'p' }, 'prov | default'],
  ])('of %j gives %j', (entry, expected) => {
    expect(resolve({ agents: { defaults: { model: 'prov/default' } } }, entry)).toBe(expected);
  });
});

describe('a model that a CLI backend ran', () => {
  const models = { 'prov/only': {}, 'a/two': {}, 'b/two': {}, 'claude-cli/cli-only': {}, 'p2/M': {} };
  const config = { agents: { defaults: { model: 'prov/default', models, cliBackends: { openai: { command: 'c' } } } } };
  it.each([
    ['claude-cli', 'm', 'p2 | m'],
    ['claude-cli', 'x', 'prov | x'],
    ['CLAUDE-CLI', 'ONLY', 'prov | ONLY'],
    ['claude-cli', 'two', 'prov | two'],
    ['claude-cli', 'cli-only', 'prov | cli-only'],
    ['claude-cli', 'a/b/c', 'a | b/c'],
    ['x', 'claude-cli/a/b', 'a | b'],
    ['x', 'claude-cli/openai/x', 'prov | x'],
    ['x', 'claude-cli/codex-cli/claude-cli/x', 'prov | claude-cli/x'],
    ['x', 'codex-cli/only', 'prov | only'],
    ['x', 'claude-cli/codex-cli/cli-only', 'prov | cli-only'],
  ])('%s with %s is shown as %j', (modelProvider, model, expected) => {
    expect(resolve(config, { modelProvider, model })).toBe(expected);
  });

  it('is not looked up among the offers when a backend is named within its name', () => {
    const other = { agents: { defaults: { ...config.agents.defaults, model: 'other/default' } } };
    expect(resolve(other, { model: 'claude-cli/codex-cli/only' })).toBe('other | only');
  });
});

// Observed on OpenClaw 2026.9.6.
describe('a model in a SQLite store', () => {
  it.each([
    [{ modelOverride: 'x', providerOverride: '' }, 'openai | x'],
    [{ modelOverride: 'x', providerOverride: 'OpenAI' }, 'openai | x'],
    [{ modelOverride: 'glm', providerOverride: 'Z.AI' }, 'z.ai | glm'],
    [{ modelOverride: 'openai/openai/x' }, 'openai | x'],
    [{ modelOverride: 'OpenAI/x', providerOverride: 'google' }, 'google | OpenAI/x'],
    [{ modelOverride: 'y/', providerOverride: 'x' }, 'x | y/'],
    [{ modelOverride: 'q', providerOverride: 'x/y' }, 'x | y/q'],
    [{ modelOverride: 'x/y/q', providerOverride: 'x/y' }, 'x | y/q'],
    [{ modelOverride: '/lead', providerOverride: 'openai' }, 'openai | /lead'],
    [{ modelOverride: 'gemini-3-pro', providerOverride: 'google' }, 'google | gemini-3.1-pro-preview'],
    [{ modelOverride: 'google/gemini-3-flash' }, 'google | gemini-3-flash-preview'],
    [
      { modelOverride: 'google/gemini-3-pro', providerOverride: 'google-vertex' },
      'google-vertex | google/gemini-3.1-pro-preview',
    ],
    [{ modelOverride: 'gemini-3-pro', providerOverride: 'openai' }, 'openai | gemini-3-pro'],
    [{ modelOverride: 'auto', providerOverride: 'openrouter' }, 'openrouter | openrouter/auto'],
    [{ modelOverride: 'openrouter/meta/llama' }, 'openrouter | meta/llama'],
    [{ model: 'openai/openai/x' }, 'openai | x'],
    [{ model: 'openai/openai/x', modelProvider: 'openai' }, 'openai | openai/openai/x'],
    [{ model: 'gemini-3-pro', modelProvider: 'google' }, 'google | gemini-3-pro'],
    [{ model: 'google/gemini-3-pro', modelProvider: 'claude-cli' }, 'google | gemini-3.1-pro-preview'],
    [{ model: 'gemini-3-pro', modelProvider: 'google-gemini-cli' }, 'openai | gemini-3-pro'],
    [{ model: 'x', modelProvider: 'anthropic-cli' }, 'anthropic-cli | x'],
  ])('of %j is shown as %j', (entry, expected) => {
    const { provider, model } = createModelCatalog({}, models2026September).resolve('agent:main:x', entry);
    expect(`${provider} | ${model}`).toBe(expected);
  });

  it('is that of the agent, in whatever case the config names it', () => {
    const config = { agents: { list: [{ id: 'Main', model: 'lab/m' }] } };
    const models = createModelCatalog(config, models2026September);
    expect(models.resolve('agent:main:x', {})).toEqual({ provider: 'lab', model: 'm' });
  });

  it('that has to be served by the default provider has its name there', () => {
    const config = { agents: { defaults: { model: 'openrouter/auto' } } };
    const models = createModelCatalog(config, models2026September);
    expect(models.resolve('agent:main:x', { model: 'claude-cli/x' })).toEqual({
      provider: 'openrouter',
      model: 'openrouter/x',
    });
    expect(models.resolve('agent:main:x', {})).toEqual({ provider: 'openrouter', model: 'openrouter/auto' });
  });
});

describe('the default model', () => {
  it('is that of the first agent with the id, also when that one names none', () => {
    const list = [
      { id: 'main', model: {} },
      { id: 'main', model: 'other/m' },
    ];
    expect(resolve({ agents: { defaults: { model: 'prov/default' }, list } }, {})).toBe('prov | default');
  });

  it.each<[string, Config, string]>([
    ['of its own', { agents: { list: [{ id: 'Main', model: 'b/z' }] } }, 'b | z'],
    ['of all', { agents: { defaults: { model: 'c/d' } } }, 'c | d'],
    ['first offered', {}, 'a | x'],
  ])('of an agent is the one %s', (_which, config, expected) => {
    const providers = {
      empty: { models: [] },
      a: { models: [{ id: 'x' }, { id: 'y' }] },
      b: { models: [{ id: 'z' }] },
    };
    const { provider, model } = createModelCatalog({ ...config, models: { providers } }).defaultRefOfAgent('main');
    expect(`${provider} | ${model}`).toBe(expected);
  });

  it('of an agent is the fallback when the config knows its provider, or no model at all', () => {
    const fallback = { provider: 'openai', model: 'gpt-5.5' };
    for (const providers of [{ a: { models: [{ id: 'x' }] }, openai: { models: [] } }, { a: { models: [] } }, {}]) {
      expect(createModelCatalog({ models: { providers } }).defaultRefOfAgent('main')).toEqual(fallback);
    }
  });

  // Observed on OpenClaw 2026.5.12.
  it.each([
    ['m1', 'pa'],
    ['M1', 'pa'],
    ['m3', 'openai'],
    ['pb/m4', 'pb'],
    ['unknown', 'openai'],
    ['/m1', 'pa'],
    ['google/', 'pa'],
    ['FAST', 'pb'],
    ['a/b', 'pb'],
  ])('of an agent whose model is %j is of %s', (model, expected) => {
    const providers = { pa: { models: [{ id: 'm1' }, { id: 'm3' }] }, pb: { models: [{ id: 'm2' }, { id: 'm3' }] } };
    const models = { 'pb/m2': { alias: ' fast ' }, 'pb/m5': { alias: 'a/b' } };
    const agents = { defaults: { models }, list: [{ id: 'main', model }] };
    expect(createModelCatalog({ agents, models: { providers } }).defaultRefOfAgent('main').provider).toBe(expected);
  });

  it('of a key without an agent is the default, also when an agent of the config has no name', () => {
    const catalog = createModelCatalog({ agents: { list: [{ id: '', model: 'pa/m' }] } });
    expect(catalog.resolve('agent:::', {})).toEqual({ provider: 'openai', model: 'gpt-5.5' });
  });
});
