import { sanitizePayload } from '../../src/core/redaction/payload.ts';
import { createRedactor } from '../../src/core/redaction/redactor.ts';
import { maskSecrets } from '../../src/core/redaction/secrets.ts';
import type { BudgetLine } from './measure.ts';

/**
 * Shows that redaction takes time in proportion to its input, whatever that is: hostile texts of many kinds are doubled
 * three times, and long runs of the worst up to 50 MB.
 */
export function benchRedaction(): readonly BudgetLine[] {
  console.log('\nredaction of hostile texts, CPU ms');
  return [...benchKinds(), ...benchRuns()];
}

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
  ' =',
  'token=\\',
  '=token',
  '\\=',
  '\\ :',
  '--token ',
  '--token-',
  '_',
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

const rules: Readonly<Record<string, (text: string) => unknown>> = {
  payload: sanitizePayload,
  secrets: maskSecrets,
  support: (text) => redactor.text(`x /home/user ${text}`),
};

/** Every rule on every kind of text, of 100 to 800 kB. */
function benchKinds(): readonly BudgetLine[] {
  let slowest = 0;
  let steepest = 0;
  for (const [rule, work] of Object.entries(rules)) {
    for (const piece of pieces) {
      const times = [1, 2, 4, 8].map((factor) => time(() => work(piece.repeat((100_000 * factor) / piece.length))));
      // Short times are noise: a rule counts as slow only when it is.
      const growth = (times[3] ?? 0) / Math.max(times[0] ?? 0, 2);
      slowest = Math.max(slowest, times[3] ?? 0);
      steepest = Math.max(steepest, growth);
      if (growth > 14) console.log(`SUSPECT ${rule} ${JSON.stringify(piece)}: ${inMs(times)}`);
    }
  }
  const what = `${Object.keys(rules).length} rules, ${pieces.length} kinds of text`;
  console.log(`${what}: slowest at 800 kB ${slowest.toFixed(1)}`);
  return [{ what: `redaction, ${what}: 800 kB against 100 kB`, value: steepest, goal: 14, unit: '' }];
}

/** Long runs, doubled up to 50 MB. */
function benchRuns(): readonly BudgetLine[] {
  const megabytes = [6.25, 12.5, 25, 50];
  return ['a=', 'eyJ', '"'].map((piece) => {
    let steepest = 0;
    for (const [rule, work] of Object.entries(rules)) {
      const times = megabytes.map((size) => time(() => work(piece.repeat((size * 1e6) / piece.length)), 1));
      console.log(`${rule.padEnd(8)} run of ${piece.padEnd(3)} of ${megabytes.join(', ')} MB: ${inMs(times)}`);
      steepest = Math.max(steepest, (times.at(-1) ?? 0) / Math.max(times[0] ?? 0, 10));
    }
    return { what: `redaction, run of ${piece}: 50 MB against 6.25 MB`, value: steepest, goal: 14, unit: '' };
  });
}

const inMs = (times: readonly number[]): string => times.map((ms) => ms.toFixed(ms < 10 ? 1 : 0)).join(', ');

/** CPU time, the best of some: the others are collections and compilations. */
function time(work: () => unknown, rounds = 3): number {
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}
