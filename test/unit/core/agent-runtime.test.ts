import { expect, test } from 'vitest';
import { resolveAgentRuntime } from '../../../src/core/agent-runtime.ts';
import type { ProviderConfig } from '../../../src/core/config.ts';
import { makeListRow } from '../../../src/core/list/row.ts';
import { createModelCatalog } from '../../../src/core/model.ts';

const runtimeOf = (providers: Readonly<Record<string, ProviderConfig>>, provider: string): string =>
  resolveAgentRuntime({ models: { providers } }, 'main', { provider, model: 'm' }).id;

// Observed on OpenClaw 2026.5.12.
test.each([
  ['https://api.openai.com', 'codex'],
  ['https://api.openai.com/v1/', 'codex'],
  ['https://api.openai.com:8443/v1', 'codex'],
  [' HTTPS://API.openai.com/v1 ', 'codex'],
  ['https://api.openai.com/v1?x=1#f', 'codex'],
  ['  ', 'codex'],
  ['http://api.openai.com/v1', 'auto'],
  ['https://api.openai.com/v2', 'auto'],
  ['https://api.openai.com/V1', 'auto'],
  ['https://api.openai.com./v1', 'auto'],
  ['api.openai.com', 'auto'],
])('runs openai behind %j by %s', (baseUrl, expected) => {
  expect(runtimeOf({ openai: { baseUrl } }, 'OpenAI')).toBe(expected);
});

test('looks for the address of OpenAI under exactly "openai"', () => {
  const custom = { baseUrl: 'https://proxy.example' };
  expect(runtimeOf({ OpenAI: custom }, 'OpenAI')).toBe('codex');
  expect(runtimeOf({ OpenAI: custom, openai: { baseUrl: 'https://api.openai.com' } }, 'OpenAI')).toBe('codex');
});

test('lets the default model of its agent decide for a row whose provider was set to nothing', () => {
  const config = {
    agents: {
      defaults: {
        models: { 'openai/w': { agentRuntime: { id: 'w-runtime' } }, m: { agentRuntime: { id: 'm-runtime' } } },
      },
      list: [{ id: 'main' }, { id: 'Work', model: 'openai/w' }],
    },
  };
  const context = { agentId: 'main', config, models: createModelCatalog(config), nowMs: 0 };
  const row = makeListRow('agent:work:x', { providerOverride: '', modelOverride: 'm' }, context);
  expect(row).toMatchObject({ modelProvider: '', model: 'm', agentRuntime: { id: 'w-runtime', source: 'model' } });
});

// Observed on OpenClaw 2026.5.12, with the setting as a key of the agents' models and as an id that a provider lists.
test.each([
  ['g', 'pa', 'g', true],
  [' g ', 'pa', 'g', true],
  ['pa/ g', 'PA', 'g', true],
  ['zai/g', 'z-ai', 'g', true],
  ['pb/g', 'pa', 'g', false],
  ['G', 'pa', 'g', false],
  ['g', 'pa', 'pa/g', true],
  ['pa/g', 'pa', 'pa/pa/g', true],
  ['g', 'pa', 'pa/pa/g', false],
  ['g', 'pa', 'pa/ g', true],
  ['pa/pa/g', 'pa', 'pa/g', false],
  ['pa/', 'pa', 'pa/', false],
])('a setting for %j is for the model %s %j: %s', (written, provider, model, isMeant) => {
  const agentRuntime = { id: 'r' };
  const source = isMeant ? 'model' : 'implicit';
  const ofAgents = { agents: { defaults: { models: { [written]: { agentRuntime } } } } };
  const ofProvider = { models: { providers: { [provider]: { models: [{ id: written, agentRuntime }] } } } };
  for (const config of [ofAgents, ofProvider]) {
    expect(resolveAgentRuntime(config, 'main', { provider, model }).source).toBe(source);
  }
});
