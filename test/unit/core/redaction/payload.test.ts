import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sanitizePayload } from '../../../../src/core/redaction/payload.ts';
import { isThorough } from '../../../helpers/thorough.ts';

test('removes members that are named as credentials, whatever they hold', () => {
  expect(
    sanitizePayload({ a: { 'X-API-Key': 1, botToken: { b: 1 }, Passphrase: null, keep: [{ secret: 1, c: 2 }] } }),
  ).toEqual({ a: { keep: [{ c: 2 }] } });
});

test('leaves image data that is gone already as it is', () => {
  const once = sanitizePayload({ type: 'image', data: 'aGVsbG8=', mimeType: 'image/png' });
  expect(once).toMatchObject({ data: '<redacted>', bytes: 5 });
  // 2026.7.35 writes the size and digest of the word <redacted>.
  expect(sanitizePayload(once)).toEqual(once);
});

test.each([
  ['Basic dXNlcjpwYXNz and bearer  abcdefgh', 'Basic <redacted> and bearer <redacted>'],
  ['sid=abcdefghijklmnop', 'sid=<redacted>'],
  ['sid=abcdefghijklmnop; bb=abcdefghijklmnopq', 'sid=<redacted>; bb=<redacted>'],
  ['b.c-d=abcdefghijklmnopq', 'b.c-d=<redacted>'],
  ['x=y=abcdefghijklmnopq', 'x=y=abcdefghijklmnopq'],
  ['xx=y=abcdefghijklmnopq', 'xx=<redacted>'],
  ['sid=abcdefghijklmnop&', 'sid=abcdefghijklmnop&'],
  ['sid=abcdefghijklmno', 'sid=abcdefghijklmno'],
  [`${'n'.repeat(66)}=abcdefghijklmnop`, `${'n'.repeat(66)}=abcdefghijklmnop`],
  ['eyJabcdefghij.abcdefghij.abcdefghij-', '<redacted-jwt>-'],
  ['EYJabcdefghij.abcdefghij.abcdefghij.x', '<redacted-jwt>.x'],
  ['xeyJabcdefghij.abcdefghij.abcdefghij', 'xeyJabcdefghij.abcdefghij.abcdefghij'],
])('%s becomes %s', (text, expected) => {
  expect(sanitizePayload(text)).toBe(expected);
});

test('a sanitised value is sanitised: a second time changes nothing', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('Bearer abcdefghij', 'a=abcdefghijklmnopqrs', 'eyJabcdefghij.abcdefghij.abcdefghij', 'API_KEY'),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(
        fc.oneof(text, fc.constantFrom('name', 'key', 'value', 'data', 'type', 'token', '__proto__')),
        tie('any'),
        {
          maxKeys: 5,
        },
      ),
      fc.record({ type: fc.constant('image'), data: text }),
    ),
  })).any;
  fc.assert(
    fc.property(value, (input) => {
      const once = sanitizePayload(input);
      expect(sanitizePayload(once)).toEqual(once);
    }),
    { numRuns: isThorough ? 20_000 : 500 },
  );
});
