import { expect, test } from 'vitest';
import { normalizeModelId } from '../../../src/core/model-id.ts';

// As OpenClaw 2026.5.12 showed them: the window of a listed model appears in rows that name what the id was read as.
test.each([
  ['google', 'Gemini-3-pro', 'gemini-3.1-pro-preview'],
  ['GOOGLE ', ' gemini-3.1-flash', 'gemini-3-flash-preview'],
  ['google-vertex', 'google/gemini-3.1-pro', 'google/gemini-3.1-pro-preview'],
  ['google', 'x/gemini-3-pro', 'x/gemini-3-pro'],
  ['anthropic', 'Opus-4.5', 'claude-opus-4-5'],
  ['anthropic', 'anthropic/opus-4.5', 'anthropic/opus-4.5'],
  ['xai', 'Grok-4-1-fast-reasoning', 'grok-4-1-fast'],
  ['vercel-ai-gateway', 'sonnet-4.5', 'anthropic/claude-sonnet-4-5'],
  ['vercel-ai-gateway', 'CLAUDE-y', 'anthropic/CLAUDE-y'],
  ['vercel-ai-gateway', 'zz', 'zz'],
  ['huggingface', ' Huggingface/huggingface/zz', 'zz'],
  ['huggingface', 'huggingface/google/gemini-3-pro', 'google/gemini-3.1-pro-preview'],
  ['nvidia', ' q ', 'nvidia/q'],
  ['openrouter', 'gemini-3-pro', 'openrouter/gemini-3-pro'],
  ['openrouter', 'google/gemini-3-pro-preview', 'google/gemini-3.1-pro-preview'],
  ['other', ' m ', ' m '],
  ['other', 'gemini-3-pro', 'gemini-3-pro'],
  ['other', 'google/google/gemini-3-pro', 'google/google/gemini-3.1-pro-preview'],
  ['other', 'zz/google/gemini-3-pro', 'zz/google/gemini-3.1-pro-preview'],
  ['other', 'x/y/google/gemini-3-pro', 'x/y/google/gemini-3-pro'],
  ['other', 'GOOGLE/gemini-3-pro', 'GOOGLE/gemini-3-pro'],
])('of %j: %j is %j', (provider, id, expected) => {
  expect(normalizeModelId(provider, id)).toBe(expected);
  expect(normalizeModelId(provider, expected)).toBe(expected);
});
