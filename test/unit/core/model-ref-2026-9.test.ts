import { expect, test } from 'vitest';
import { readModelRef } from '../../../src/core/model-ref-2026-9.ts';

test.each([
  ['OpenAI/openai/OPENAI/gpt', 'openai', 'gpt'],
  ['openai/openai/', 'openai', 'openai/'],
  ['openrouter/auto', 'openrouter', 'openrouter/auto'],
  // A letter that is two when it is lower-cased.
  ['İ/İ/abc', 'i̇', 'abc'],
])('reads %s', (text, provider, model) => {
  expect(readModelRef(text, 'other')).toEqual({ provider, model });
});

test('reads a text that repeats its provider a million times', () => {
  expect(readModelRef(`${'a/'.repeat(1_000_000)}b`, 'other')).toEqual({ provider: 'a', model: 'b' });
});
