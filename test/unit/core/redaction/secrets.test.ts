import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMask, mask } from '../../../../src/core/redaction/mask.ts';
import { maskSecrets } from '../../../../src/core/redaction/secrets.ts';
import { harmless, planted } from '../../../helpers/secrets.ts';
import { isThorough } from '../../../helpers/thorough.ts';

test.each(planted)('masks a secret: $family', ({ text, secret }) => {
  expect(text).toContain(secret);
  expect(maskSecrets(text)).not.toContain(secret);
});

describe.each(['\\n', '\\t', '\\r\\n', '\\u000a', '\\u001b[32m', '\u001b[1;31m', '\\x1b[32m', '%20', '%0A'])(
  'behind the escape %j, which ends in a letter or digit',
  (escape) => {
    test.each(planted)('masks a secret: $family', ({ text, secret }) => {
      expect(maskSecrets(`line${escape}${text}`)).not.toContain(secret);
    });
  },
);

test.each(planted)('masks it between other text, far from the beginning: $family', ({ text, secret }) => {
  const long = `${'word '.repeat(9000)}\n${text}\n${'more '.repeat(9000)}`;
  expect(maskSecrets(long)).not.toContain(secret);
});

test.each(harmless)('leaves alone: %s', (text) => {
  expect(maskSecrets(text)).toBe(text);
});

test('keeps first six and last four characters of a secret of 18 and more', () => {
  expect(mask('12345678901234567')).toBe('***');
  expect(mask('123456789012345678')).toBe('123456…5678');
  expect(maskSecrets('see sk-abcdefghijklmnopqrstuvwxyz')).toBe('see sk-abc…wxyz');
});

test('masks a token that begins where another mask ends', () => {
  const token = 'pat-na1-12345678-1234-1234-1234-123456789012';
  expect(maskSecrets(`"cvc": 009${token}`)).toBe('"cvc": ***pat-na…9012');
});

test('masks the value where it stands, also when the name holds the same text', () => {
  // OpenClaw 2026.5.12 gives API_***=KEY and ;p***ssword=a: the secret stays.
  expect(maskSecrets('API_KEY=KEY')).toBe('API_KEY=***');
  expect(maskSecrets(';password=a')).toBe(';password=***');
});

test('leaves what surrounds a secret as it is', () => {
  expect(maskSecrets('{"apiKey": "abc", "b": 1}')).toBe('{"apiKey": "***", "b": 1}');
  expect(maskSecrets("run --token 'abc' x")).toBe("run --token '***' x");
  expect(maskSecrets('https://u:pw@host/p?token=abc&x=1')).toBe('https://u:***@host/p?token=***&x=1');
  expect(maskSecrets('-----BEGIN EC PRIVATE KEY-----\nabc\ndef\n-----END EC PRIVATE KEY-----')).toBe(
    '-----BEGIN EC PRIVATE KEY-----\n…redacted…\n-----END EC PRIVATE KEY-----',
  );
});

test('masks a torn private key to its last line, and many beginnings without an end', () => {
  const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
  expect(maskSecrets(`-----BEGIN PRIVATE KEY-----\n${body}\n${body}\nshort`)).toBe(
    '-----BEGIN PRIVATE KEY-----\n…redacted…',
  );
  const twice = `-----BEGIN PRIVATE KEY-----\n${body}\n-----BEGIN PRIVATE KEY-----\n${body}\n`;
  expect(maskSecrets(twice)).not.toContain(body);
});

test('what is masked once stays so: masking again changes nothing that could tell more', () => {
  for (const { text, secret } of planted) {
    const twice = maskSecrets(maskSecrets(text));
    expect(twice).not.toContain(secret);
  }
  expect(['***', '<redacted>', '<redacted-jwt>', 'abcdef…wxyz'].every(isMask)).toBe(true);
  expect(isMask('abcdef')).toBe(false);
});

const punctuation = Array.from(' \n\t"\'`\\=:;,&?@!$-_./{}()[]<>');

test('never fails, and never touches a text without letters or digits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(typeof maskSecrets(text)).toBe('string');
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...punctuation), maxLength: 200 }), (text) => {
      expect(maskSecrets(text)).toBe(text);
    }),
  );
});

test('finds a secret wherever it stands in ordinary text', () => {
  const separator = fc.constantFrom(' ', '\n', ', ', '; ', ' (', '"', ' | ', '\t');
  const ordinary = fc.array(fc.constantFrom('the', 'file', 'was', 'read', 'token', 'key', 'x=1', '--flag', 'a/b.c'), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(ordinary, separator, fc.constantFrom(...planted), separator, ordinary, (before, a, plant, b, after) => {
      // A text that ends in the middle of a quoted value would swallow the rest of the line, which is fine.
      const masked = maskSecrets(`${before.join(' ')}${a}${plant.text}${b}${after.join(' ')}`);
      expect(masked).not.toContain(plant.secret);
    }),
    { numRuns: isThorough ? 50_000 : 2000 },
  );
});
