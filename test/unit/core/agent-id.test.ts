import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalizeAgentId } from '../../../src/core/agent-id.ts';

test.each([
  ['Main', 'main'],
  [' Work ', 'work'],
  ['my agent!', 'my-agent'],
  ['öne', 'ne'],
  ['-main-', 'main'],
  ['', 'main'],
  ['   ', 'main'],
  ['!!!', 'main'],
  ['one/../two', 'one-two'],
  ['_x', '_x'],
  ['x-', 'x-'],
  ['a'.repeat(70), 'a'.repeat(64)],
  [`${'a'.repeat(63)} bc`, `${'a'.repeat(63)}-`],
])('normalizes %j to %j', (id, expected) => {
  expect(normalizeAgentId(id)).toBe(expected);
});

test('gives an id that is safe in a path, whatever the input', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (id) => {
      expect(normalizeAgentId(id)).toMatch(/^[a-z0-9_-]{1,64}$/);
    }),
  );
});
