import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sanitizePayload } from '../../../../src/core/redaction/payload.ts';
import { createRedactor } from '../../../../src/core/redaction/redactor.ts';

/** Real outputs: what `data.v` of a custom entry becomes in events.jsonl of 2026.5.12, and of 2026.7.35 where it differs. */
interface Vector {
  readonly in: unknown;
  readonly out_5_12: unknown;
  readonly out_7_35?: unknown;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../../fixtures/export-trajectory/redaction-vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[];

const redactor = createRedactor({
  workspaceDir: '/home/user/ws',
  stateDir: '/home/user/.openclaw',
  homeDir: '/home/user',
  userProfile: undefined,
});
const redact = (value: unknown): unknown => redactor.value(sanitizePayload(value));

/** The rows where we are stricter than 2026.5.12 on purpose (V12); all others give its output. */
const stricter = new Map<unknown, string>([
  [
    'plain text a@b.co id 123456789 sk-abcdefghijklmnopqrstuvwxyz',
    'an API key is masked in a text without a path too; addresses and numbers stay there, as in 2026.7.35',
  ],
  ['https://example.com/cb?code=abc123&state=1', 'the code of an OAuth callback is a credential in 2026.7.35'],
]);

/** Where 2026.7.35 masks and we keep what 2026.5.12 gives. */
const notFollowed = new Map<string, string>([
  ['path /home/user MY_TOKEN', 'masked either way: first six and last four stay, as in 2026.5.12'],
  ['x /home/user -----BEGIN', 'masked either way: the PEM header stays readable'],
  ['x /home/user --api-key', 'masked either way'],
  ['x /home/user {"apiKey"', 'masked either way'],
  ["x /home/user 'x-api-key'", 'masked either way'],
  ['x /home/user card_number', 'masked either way, with another mark'],
  ['{"apiKey":"x"', 'a field called key is a key on a keyboard or in a map; cookies of 8 and more are masked'],
  ['{"key":"password"', 'the value is gone; the name of a field is no secret'],
  ['{"name":"x","key":"password"', 'the name of a field is no secret'],
  ['{"type":"image"', '2026.7.35 sanitises twice, and its size and digest are those of the word <redacted>'],
  ['{"type":"Image"', 'as above'],
  ['{"mime_type":"IMAGE/gif"', 'as above'],
  ['{"/home/user/ws/k"', 'keys lose secrets, not folders'],
]);

test.each(vectors)('redacts %j', (vector) => {
  const expected = stricter.has(vector.in) ? vector.out_7_35 : vector.out_5_12;
  expect(redact(vector.in)).toEqual(expected);
  expect(JSON.stringify(redact(vector.in))).toBe(JSON.stringify(expected));
});

test('every difference to either release has a reason', () => {
  for (const { in: input, out_5_12, out_7_35 } of vectors) {
    const text = typeof input === 'string' ? input : JSON.stringify(input);
    const ours = JSON.stringify(redact(input));
    if (ours !== JSON.stringify(out_5_12)) expect(stricter.get(input), text).toBeDefined();
    if (out_7_35 !== undefined && ours !== JSON.stringify(out_7_35)) {
      expect(
        [...notFollowed.keys()].some((start) => text.startsWith(start)),
        text,
      ).toBe(true);
    }
  }
});
