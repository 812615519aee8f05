import { expect, test } from 'vitest';
import { parseSizeBytes } from '../../../src/core/size.ts';

test.each([
  ['0', 0],
  [1024, 1024],
  ['10b', 10],
  ['2k', 2048],
  [' 2KB ', 2048],
  ['1.5m', 1_572_864],
  ['1gb', 1_073_741_824],
  ['1t', 1_099_511_627_776],
  [1.6, 2],
])('reads %j as %d bytes', (text, expected) => {
  expect(parseSizeBytes(text)).toBe(expected);
});

test.each(['', '10 kb', '10 qb', '10qb', '-1', -5, '1.', '.5k', 'kb', '1e3', NaN, Infinity, '9'.repeat(400)])(
  'refuses %j',
  (text) => {
    expect(parseSizeBytes(text)).toBeUndefined();
  },
);
