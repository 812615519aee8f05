import { expect, test } from 'vitest';
import { createPluginSwitch } from '../../../src/core/plugins.ts';

const bundled = ['anthropic', 'openai', 'google'];

// Observed on OpenClaw 2026.5.12, by whether a plugin's CLI backend still counts as one.
test.each<[unknown, string[]]>([
  [undefined, bundled],
  [5, bundled],
  [{ enabled: false, entries: { anthropic: { enabled: true } } }, []],
  [{ deny: [' anthropic '] }, ['openai', 'google']],
  [{ deny: ['Anthropic'] }, bundled],
  [{ deny: ['OpenAI', 'GOOGLE'] }, ['anthropic']],
  [{ deny: ['openai-codex', 'Google-Gemini-CLI'] }, ['anthropic']],
  [{ deny: ['codex', 'codex-cli', 'claude-cli', 'gemini', '*'] }, bundled],
  [{ allow: ['openai-codex'] }, ['openai']],
  [{ allow: ['telegram'], entries: { openai: { enabled: true } } }, []],
  [{ allow: ['', '  '] }, bundled],
  [{ allow: [] }, bundled],
  [{ allow: ['anthropic'], deny: ['anthropic'] }, []],
  [{ entries: { ' anthropic ': { enabled: false } } }, ['openai', 'google']],
  [{ entries: { ANTHROPIC: { enabled: false } } }, bundled],
  [{ entries: { google: { enabled: false }, 'google-gemini-cli': { enabled: true } } }, bundled],
  [{ entries: { google: { enabled: false }, 'google-gemini-cli': {} } }, ['anthropic', 'openai']],
])('with %j, these are on: %j', (plugins, on) => {
  expect(bundled.filter(createPluginSwitch(plugins))).toEqual(on);
});
