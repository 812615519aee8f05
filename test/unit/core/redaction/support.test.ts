import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createRedactor } from '../../../../src/core/redaction/redactor.ts';

/** What OpenClaw 2026.5.12 makes of a text in a runtime event, and what we make of it where we hide more (V12). */
interface Vector {
  readonly in: string;
  readonly out: string;
  readonly ours?: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../../fixtures/export-trajectory/support-vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[];

const redactor = createRedactor({
  workspaceDir: '/home/user/ws',
  stateDir: '/home/user/.openclaw',
  homeDir: '/home/user',
  userProfile: undefined,
});

test.each(vectors)('redacts %j', ({ in: text, out, ours }) => {
  expect(redactor.text(text)).toBe(ours ?? out);
});

test('cuts a text that shows a path at 2000, after its secrets are masked', () => {
  const secret = `sk-${'abcdefghij'.repeat(4)}`;
  const text = redactor.text(`/home/user/ws/a ${'x'.repeat(1978)} ${secret}`);
  expect(text).toHaveLength(2000 + '...<truncated>'.length);
  expect(text).not.toContain('sk-abcdefghij');
  expect(redactor.text('y'.repeat(3000))).toHaveLength(3000);
});

test('masks a secret across the blocks in which the reference reads long texts', () => {
  const secret = `ghp_${'A1b2C3d4E5'.repeat(4)}`;
  for (const at of [16384 - 20, 32768 - 20, 49152 - 20]) {
    expect(redactor.text(`${'x '.repeat(at / 2)}${secret} ${'y '.repeat(20000)}`)).not.toContain(secret);
  }
});

test('replaces the folders of a path of our own and leaves its names alone', () => {
  // OpenClaw 2026.5.12 gives <redacted-id> for the last part of such an id, 2026.7.35 masks the whole path.
  expect(redactor.path('/home/user/.openclaw/agents/main/sessions/11111111-2222-4333-8444-555555555555.jsonl')).toBe(
    '$OPENCLAW_STATE_DIR/agents/main/sessions/11111111-2222-4333-8444-555555555555.jsonl',
  );
  expect(redactor.path('/home/user/ws')).toBe('$WORKSPACE_DIR');
  expect(redactor.path('/home/user/ws/token=abc.jsonl')).toBe('$WORKSPACE_DIR/token=abc.jsonl');
  expect(redactor.path('/srv/other/x.jsonl')).toBe('/srv/other/x.jsonl');
});

test('knows homes by every name the environment gives, the longest first', () => {
  const other = createRedactor({
    workspaceDir: '/w',
    stateDir: '/home/user/.openclaw',
    homeDir: '/home/user',
    userProfile: '/home/user/profile',
  });
  expect(other.text('at /home/user/profile/x and /home/user/.openclaw/y and /home/user/z')).toBe(
    'at ~/x and $OPENCLAW_STATE_DIR/y and ~/z',
  );
  const none = createRedactor({ workspaceDir: '/w', stateDir: '/s', homeDir: undefined, userProfile: undefined });
  expect(none.text('a /home/user/x')).toBe('a /home/user/x');
});

test('masks secrets in object keys and keeps keys apart that look the same then', () => {
  const value = { 'token=abc1': 1, 'token=abc2': 2, [`sk-${'a'.repeat(20)}`]: { '/home/user/x': 'y' } };
  expect(redactor.value(value)).toEqual({ 'token=***': 1, 'token=***#2': 2, 'sk-aaa…aaaa': { '/home/user/x': 'y' } });
});

test('masks the values of fields that can only be secrets, when they are long enough to be one', () => {
  const redacted = redactor.value({
    cookie: 'sid=1; theme=dark',
    'Set-Cookie': ['sid=12345678', 'a=b'],
    privateKey: 'MIIEvQIBADANBgkqhkiG9w0BAQ',
    jwt: '12345678',
    credential: { id: 1 },
    cookies: null,
    key: 'ArrowDown and more',
  });
  expect(redacted).toEqual({
    cookie: '***',
    'Set-Cookie': ['***', 'a=b'],
    privateKey: '***',
    jwt: '***',
    credential: '***',
    cookies: null,
    key: 'ArrowDown and more',
  });
});

test('keeps a key called __proto__ as data', () => {
  const value: unknown = JSON.parse('{"__proto__": {"a": "/home/user"}, "b": 1}');
  expect(JSON.stringify(redactor.value(value))).toBe('{"__proto__":{"a":"~"},"b":1}');
});
