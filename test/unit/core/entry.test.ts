import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalizeEntry, settleEntry } from '../../../src/core/entry.ts';

/** What would be written: order of keys and all. */
const written = (entry: unknown): string => JSON.stringify(normalizeEntry(entry));

describe('an entry as OpenClaw 2026.5.12 writes it back', () => {
  test.each<[string, unknown, unknown]>([
    ['nothing to do', { sessionId: 's', label: 'x' }, { sessionId: 's', label: 'x' }],
    [
      'a channel alone makes a route',
      { channel: 'telegram' },
      { channel: 'telegram', deliveryContext: { channel: 'telegram' }, lastChannel: 'telegram' },
    ],
    [
      'values are trimmed, ids normalised, in place',
      { lastChannel: 'TeleGram', lastTo: ' 5 ', lastAccountId: ' Work ', lastThreadId: 7.9 },
      {
        lastChannel: 'telegram',
        lastTo: '5',
        lastAccountId: 'work',
        lastThreadId: 7,
        deliveryContext: { channel: 'telegram', to: '5', accountId: 'work', threadId: 7 },
      },
    ],
    [
      'two channels do not mix',
      { lastChannel: 'telegram', lastTo: '1', deliveryContext: { channel: 'slack', to: '2', accountId: 'b' } },
      { lastChannel: 'telegram', lastTo: '1', deliveryContext: { channel: 'telegram', to: '1' } },
    ],
    [
      'the thread of the origin',
      { lastChannel: 'telegram', lastTo: '1', origin: { threadId: '44' } },
      {
        lastChannel: 'telegram',
        lastTo: '1',
        origin: { threadId: '44' },
        deliveryContext: { channel: 'telegram', to: '1', threadId: '44' },
        lastThreadId: '44',
      },
    ],
    ['null is not absent', { deliveryContext: null, lastTo: null }, {}],
    ['a lone odd context stays', { deliveryContext: 'x' }, { deliveryContext: 'x' }],
    ['a lone empty context stays', { deliveryContext: {} }, { deliveryContext: {} }],
    [
      'aliases',
      { lastChannel: '微信' },
      { lastChannel: 'openclaw-weixin', deliveryContext: { channel: 'openclaw-weixin' } },
    ],
    [
      'an account id of which nothing is left',
      { lastTo: '1', lastAccountId: '!!!' },
      { lastTo: '1', deliveryContext: { to: '1' } },
    ],
    [
      'an account id that is no name',
      { lastTo: '1', lastAccountId: '__proto__' },
      { lastTo: '1', deliveryContext: { to: '1' } },
    ],
    [
      'old names',
      { provider: 'telegram', lastProvider: 'slack', room: 'r' },
      {
        channel: 'telegram',
        lastChannel: 'slack',
        groupChannel: 'r',
        deliveryContext: { channel: 'slack' },
      },
    ],
    [
      'old names where the new ones are',
      { channel: 'a', provider: 'b', groupChannel: 'g', room: 'r' },
      {
        channel: 'a',
        provider: 'b',
        groupChannel: 'g',
        deliveryContext: { channel: 'a' },
        lastChannel: 'a',
      },
    ],
    ['a room of another type goes', { room: 5 }, {}],
    ['model and provider are trimmed', { model: ' m ', modelProvider: ' p ' }, { model: 'm', modelProvider: 'p' }],
    ['a blank model takes the provider along', { model: ' ', modelProvider: 'p' }, {}],
    ['no model, no provider', { modelProvider: 'p' }, {}],
    ['a model that is no text', { model: 7, modelProvider: 'p' }, {}],
    [
      'resolved skills go',
      { skillsSnapshot: { prompt: 'p', resolvedSkills: [1], version: 2 } },
      { skillsSnapshot: { prompt: 'p', version: 2 } },
    ],
  ])('%s', (_what, before, after) => {
    expect(written(before)).toBe(JSON.stringify(after));
  });
});

describe('what is no object stays', () => {
  test.each([[null], ['text'], [5], [true], [[]], [[{ model: ' x ' }]]])('%j', (value) => {
    expect(normalizeEntry(value)).toBe(value);
  });
});

test('the second pass of an applied run fills what the first uncovered, at its old place', () => {
  const once = normalizeEntry({ channel: 'telegram', lastChannel: '', label: 'x' });
  expect(JSON.stringify(once)).toBe('{"channel":"telegram","label":"x"}');
  expect(JSON.stringify(settleEntry(once))).toBe(
    '{"channel":"telegram","lastChannel":"telegram","label":"x","deliveryContext":{"channel":"telegram"}}',
  );
});

const known = [
  'channel',
  'lastChannel',
  'lastTo',
  'lastAccountId',
  'lastThreadId',
  'deliveryContext',
  'origin',
  'model',
  'modelProvider',
  'provider',
  'lastProvider',
  'room',
  'groupChannel',
  'skillsSnapshot',
  'groupChannel',
];
const anyEntry = fc.dictionary(
  fc.oneof(
    { arbitrary: fc.constantFrom(...known), weight: 3 },
    { arbitrary: fc.string(), weight: 1 },
    { arbitrary: fc.constant('__proto__'), weight: 1 },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

test('unknown fields stay, verbatim and in order', () => {
  fc.assert(
    fc.property(anyEntry, (entry) => {
      const unknown = (object: object): [string, unknown][] =>
        Object.entries(object).filter(([key]) => !known.includes(key));
      expect(JSON.stringify(unknown(normalizeEntry(entry) as object))).toBe(JSON.stringify(unknown(entry)));
    }),
  );
});

test('an entry that was written twice is loaded as it is', () => {
  fc.assert(
    fc.property(anyEntry, (entry) => {
      // Not once: an empty new name hides the old one, until the first pass has emptied it (as in the reference).
      const twice = writtenByRun(JSON.parse(writtenByRun(entry)));
      expect(writtenByRun(JSON.parse(twice))).toBe(twice);
    }),
  );
});

/** An applied run settles an entry once more than it was when it was loaded. */
const writtenByRun = (entry: unknown): string => JSON.stringify(settleEntry(normalizeEntry(entry)));
