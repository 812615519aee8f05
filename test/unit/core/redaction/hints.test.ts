import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitBehindEscapes } from '../../../../src/core/redaction/escapes.ts';
import {
  discordToken,
  doubtfulTokens,
  furtherNamedSecrets,
  furtherTokens,
  quotedSecrets,
} from '../../../../src/core/redaction/further-families.ts';
import * as hints from '../../../../src/core/redaction/hints.ts';
import { credentialBehindScheme, sanitizePayload } from '../../../../src/core/redaction/payload.ts';
import { bareTokens, botToken, namedSecrets, telegramToken } from '../../../../src/core/redaction/secret-families.ts';
import { maskSecrets, passwordInUrl } from '../../../../src/core/redaction/secrets.ts';
import { isThorough } from '../../../helpers/thorough.ts';

const cookieHeader = /\b(Cookie|Set-Cookie)\s*:\s*[^\r\n]+/gi;
const privateKeyHeader = /-----BEGIN [A-Z ]*PRIVATE KEY-----/g;
const longAssignment = /\b[A-Za-z][\w.-]{1,64}=[\w+/.~%=-]{16,20}/g;
const jsonWebToken = /\beyJ[\w-]{10,20}\.[\w-]{10,20}\.[\w-]{10,20}\b/gi;

const named = [...namedSecrets, ...furtherNamedSecrets, ...quotedSecrets.map(({ head }) => head), cookieHeader];
const tokens = [...bareTokens, ...furtherTokens, doubtfulTokens, discordToken];
const telegram = [botToken, telegramToken];

/** Every expression that a quick look spares a text, with that look. */
const looks = [
  { look: hints.mayHoldNamedSecrets, families: named },
  { look: hints.mayHoldTokens, families: tokens },
  { look: hints.mayHoldTelegramTokens, families: telegram },
  { look: hints.mayHoldJsonWebTokens, families: [jsonWebToken] },
  { look: hints.mayHoldSchemes, families: [credentialBehindScheme] },
  {
    look: hints.mayHoldSecrets,
    families: [...named, ...tokens, ...telegram, jsonWebToken, privateKeyHeader, passwordInUrl],
  },
  { look: hints.mayHoldCredentials, families: [credentialBehindScheme, jsonWebToken, longAssignment] },
  ...quotedSecrets.map(({ head, look }) => ({
    look: Object.defineProperty((text: string) => look.test(text), 'name', { value: 'the look before quotes' }),
    families: [head],
  })),
].flatMap(({ look, families }) => families.map((family) => ({ look, family })));

const holds = (family: RegExp, text: string): boolean => text.search(family) !== -1;

/** Texts made from the expression itself, without what it asks for around a match, in any case. */
function matchesOf(family: RegExp): fc.Arbitrary<string> {
  const source = family.source
    .replaceAll(/\(\?<?[!=](?:\[[^\]]*\]|\\.|[^()[\]\\])*\)/g, '')
    .replaceAll('\\k<quote>', '["\']?')
    .replaceAll('[^]', '.')
    .replaceAll(/(?<!\\)\\b/g, '');
  const exact = fc.stringMatching(new RegExp(source), { size: 'medium' });
  if (!family.ignoreCase) return exact;
  return fc
    .tuple(exact, fc.constantFrom<(text: string) => string>(String, lower, upper, swapped))
    .map(([text, change]) => change(text));
}

const lower = (text: string): string => text.toLowerCase();
const upper = (text: string): string => text.toUpperCase();
const swapped = (text: string): string =>
  text.replaceAll(/[A-Za-z]/g, (letter, at: number) => (at % 2 === 0 ? lower(letter) : upper(letter)));

/** What may stand beside a match. */
const beside = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\n',
    '"',
    "'",
    '`',
    '\\',
    '\\"',
    '_',
    '-',
    '.',
    'a',
    'Z',
    '7',
    '=',
    ':',
    '/',
    '(',
    '{',
    'é',
  ),
  fc.string({ maxLength: 3 }),
);

describe.each(looks)('$look.name', ({ look, family }) => {
  test(`is true for every text that ${family.source.slice(0, 60)} matches`, () => {
    let matches = 0;
    fc.assert(
      fc.property(beside, matchesOf(family), beside, (before, match, after) => {
        const text = before + match + after;
        if (!holds(family, text)) return;
        matches++;
        expect(look(text), text).toBe(true);
        expect(hints.isShortWord(text), text).toBe(false);
      }),
      { numRuns: isThorough ? 5000 : 200 },
    );
    expect(matches).toBeGreaterThan(5);
  });
});

/** Words, prefixes and marks that come close to a match and sometimes are one. */
const pieces = [
  ...'= : -- - _ . @ / \\ \\\\ " \' ` & ? ; , % { }'.split(' '),
  ' ',
  '\n',
  '\\n',
  ...'key token SECRET passwd password pass auth authorization sig cookie set-cookie card number cvc code session'.split(
    ' ',
  ),
  ...'api client access x- jwt Bearer basic discord bot eyJ 123456 0 a Z 1//0 ya29 SG dp hooks slack com'.split(' '),
  ...'sk sk- sk_live_ ghp_ xoxb- AIza AKIA ASIA LTAI dapi ATATT ATBB FlyV1 gAAAA hf_ r8_ fc- am_ pat-eu1-'.split(' '),
  'abcdefghij',
  'A1b2C3d4E5f6G7h8I9j0',
  '0123456789abcdef0123456789abcdef',
];

test('a text that a look spares holds no match of its expressions', () => {
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (sample) => {
      for (const { look, family } of looks) {
        if (!look(sample)) expect(holds(family, sample), `${sample} ${family.source}`).toBe(false);
      }
    }),
    { numRuns: isThorough ? 200_000 : 3000 },
  );
});

test('a short word holds no secret', () => {
  fc.assert(
    fc.property(fc.constantFrom(...pieces), fc.constantFrom(...pieces), fc.constantFrom(...pieces), (a, b, c) => {
      const word = (a + b + c).slice(0, 12);
      if (!hints.isShortWord(word)) return;
      for (const { family } of looks) expect(holds(family, word), word).toBe(false);
    }),
    { numRuns: isThorough ? 50_000 : 2000 },
  );
  expect(hints.isShortWord('sk_AbCdEfGhI')).toBe(true);
  expect(maskSecrets('sk_AbCdEfGhIj')).toBe('***');
});

test('a payload text of fewer than 14 characters holds nothing that is taken out', () => {
  expect(sanitizePayload('basic 1234567')).toBe('basic 1234567');
  expect(sanitizePayload('basic 12345678')).toBe('basic <redacted>');
});

test('the name before a token of Discord may be the end of a word', () => {
  const token = `${'A1b2C3d4'.repeat(3)}.aBcDeF.${'x'.repeat(27)}`;
  expect(maskSecrets(`mydiscord ${token}`)).not.toContain(token);
});

/** The places behind an escape, as one expression says it that is tried at every character. */
const behindEscape =
  // eslint-disable-next-line no-control-regex -- colours begin with one
  /(?<=\\[nrtbf]|\\u[\da-f]{4}|%(?:20|0a|0d|09)|(?:\u001b|\\u001b|\\x1b|\\e|\\033)\[[\d;]{0,20}m)(?=[\w-])/i;

test('cuts a text behind every escape that a word follows', () => {
  const escapes = [
    '\\',
    'n',
    'u',
    '001b',
    '00e9',
    '%',
    '20',
    '0A',
    '\u001b',
    'x1b',
    'e',
    '033',
    '[',
    '1;31',
    'm',
    '-',
    ' ',
  ];
  const text = fc.array(fc.oneof(fc.constantFrom(...escapes), fc.string({ maxLength: 2 })), { maxLength: 14 });
  fc.assert(
    fc.property(text, (parts) => {
      expect(splitBehindEscapes(parts.join(''))).toEqual(parts.join('').split(behindEscape));
    }),
    { numRuns: isThorough ? 100_000 : 3000 },
  );
});
