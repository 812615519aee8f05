/**
 * Shows that redaction takes time in proportion to its input, whatever that is: each hostile text is doubled three times,
 * and the time may about double with it. Run: `node test/bench/redaction.ts`.
 */
import { sanitizePayload } from '../../src/core/redaction/payload.ts';
import { createRedactor } from '../../src/core/redaction/redactor.ts';
import { maskSecrets } from '../../src/core/redaction/secrets.ts';

const redactor = createRedactor({
  workspaceDir: '/home/user/ws',
  stateDir: '/home/user/.openclaw',
  homeDir: '/home/user',
  userProfile: undefined,
});

/** Texts that make an expression with backtracking quadratic, as the piece that is repeated. */
const pieces = [
  'a=',
  'a=a&',
  'KEY="',
  'KEY=',
  'TOKEN: "x',
  'A-',
  'A_',
  'eyJ-',
  'eyJaaaaaaaaaaaa.',
  'eyJaaaaaaaaaaaa.eyJaaaaaaaaaaaa',
  '"',
  "'",
  '`',
  '\\',
  '\\"',
  '"token":"',
  'token:"',
  'token = \\"',
  'password',
  'password ',
  'password=',
  '--token ',
  '--token-',
  '-',
  '--',
  '?',
  '?a',
  '&a=',
  '?token=',
  '@',
  '@a',
  '@a.',
  'a@',
  'a@a.',
  'a.',
  'a.a-',
  '!a:',
  '$a',
  '1',
  '1:',
  '123456:',
  'bot123456:',
  '://',
  'a://',
  'a://a:a',
  'http://a:a@',
  ':',
  'sk-',
  'sk_',
  'am_a_',
  'gAAAA',
  'xoxb-',
  'ya29.',
  '1//0',
  'SG.a.',
  'SG.aaaaaaaaaa.',
  'discord ',
  'Bearer ',
  'Bearer    ',
  'Basic ',
  'Cookie:',
  'Cookie: ',
  'Authorization: Bearer',
  'authorization ',
  'x-token',
  'x-api-key: ',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN PRIVATE KEY-----\nAAAAAAAAAAAAAAAAAAAA',
  '-----BEGIN ',
  '-----END PRIVATE KEY-----',
  'AAAAAAAAAAAAAAAA\n',
  '\\n',
  '\\na',
  '\\ntoken=',
  '%20',
  '%20a',
  '\\u000a',
  '\u001b[0m',
  ' ',
  '\n',
  '/home/user',
  '/home/user/ws',
  '/',
  '/..',
  '../',
  '\ud800',
  'é',
  '\u2028',
];

const startLength = 40_000;
const rules: Readonly<Record<string, (text: string) => unknown>> = {
  payload: sanitizePayload,
  secrets: maskSecrets,
  support: (text) => redactor.text(`x /home/user ${text}`),
};

let slowest = 0;
for (const [rule, work] of Object.entries(rules)) {
  for (const piece of pieces) {
    const times = [1, 2, 4, 8].map((factor) => time(() => work(piece.repeat((startLength * factor) / piece.length))));
    // Short times are noise: a rule counts as slow only when it is.
    const growth = (times[3] ?? 0) / Math.max(times[0] ?? 0, 2);
    slowest = Math.max(slowest, times[3] ?? 0);
    if (growth > 14)
      console.log(`SUSPECT ${rule} ${JSON.stringify(piece)}: ${times.map((ms) => ms.toFixed(1)).join(' ')} ms`);
  }
}
console.log(`${Object.keys(rules).length} rules, ${pieces.length} texts; slowest at 320 kB: ${slowest.toFixed(1)} ms`);

/** The best of three: the others are collections and compilations. */
function time(work: () => unknown): number {
  const times = [1, 2, 3].map(() => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}
