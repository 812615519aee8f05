import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalizeModelNames, normalizeModelRef } from '../../../src/config/model-names.ts';

test.each([
  [' OpenAI / GPT-5 ', 'openai/GPT-5'],
  ['Z.AI/glm', 'zai/glm'],
  ['bedrock/x/y', 'amazon-bedrock/x/y'],
  ['z-ai/zai/x', 'zai/x'],
  ['zai/z-ai/x', 'zai/z-ai/x'],
  ['nvidia/NVIDIA/ nvidia/x', 'nvidia/x'],
  ['nvidia/nvidia/', 'nvidia/'],
  ['google/gemini-3-pro', 'google/gemini-3.1-pro-preview'],
  ['google/Gemini-3-pro', 'google/Gemini-3-pro'],
  ['openrouter/google/gemini-3-flash', 'openrouter/google/gemini-3-flash-preview'],
  ['openrouter/google/google/gemini-3-pro', 'openrouter/google/google/gemini-3.1-pro-preview'],
  ['openrouter/openai/gemini-3-pro', 'openrouter/openai/gemini-3-pro'],
  ['google/gemini-3.1-flash-lite', 'google/gemini-3.1-flash-lite-preview'],
  ['gemini-3-pro', 'gemini-3-pro'],
  ['OpenAI', 'OpenAI'],
  ['/x', '/x'],
  ['x/', 'x/'],
  ['a//b', 'a//b'],
])('reads %j as %j', (ref, expected) => {
  expect(normalizeModelRef(ref)).toBe(expected);
});

test('changes nothing more when it is done twice', () => {
  const part = fc.constantFrom('google', 'z-ai', 'zai', 'gemini-3-pro', ' x', 'NVIDIA', 'nvidia', '');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const once = normalizeModelRef(parts.join('/'));
      expect(normalizeModelRef(once)).toBe(once);
    }),
  );
});

test('puts settings together under names that become the same, in the place of the first', () => {
  const models = {
    'zai/m': { agentRuntime: { id: 'one' }, alias: 'a' },
    'openai/x': {},
    'Z-AI/m': { agentRuntime: { id: 'two' } },
  };
  const { agents } = normalizeModelNames({ agents: { defaults: { models }, list: [{ id: 'a', models }] } });
  const expected = '{"zai/m":{"agentRuntime":{"id":"two"},"alias":"a"},"openai/x":{}}';
  expect(JSON.stringify(agents?.defaults?.models)).toBe(expected);
  expect(JSON.stringify(agents?.list?.[0]?.models)).toBe(expected);
});

test('reaches the primary model of the object form', () => {
  const model = { primary: 'Google/gemini-3-pro', fallbacks: ['Google/x'] };
  expect(normalizeModelNames({ agents: { defaults: { model } } }).agents?.defaults?.model).toEqual({
    primary: 'google/gemini-3.1-pro-preview',
    fallbacks: ['Google/x'],
  });
});
