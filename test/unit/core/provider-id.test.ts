import { expect, test } from 'vitest';
import { providerId } from '../../../src/core/provider-id.ts';

test.each([
  ['OpenAI', 'openai'],
  [' anthropic ', 'anthropic'],
  ['Z.AI', 'zai'],
  ['anthropic-cli', 'claude-cli'],
  ['aws-bedrock', 'amazon-bedrock'],
  ['kimi-coding', 'kimi'],
  ['constructor', 'constructor'],
])('compares %j as %j', (name, expected) => {
  expect(providerId(name)).toBe(expected);
});
