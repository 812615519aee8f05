import { expect, test } from 'vitest';
import { formatDuration } from '../../../src/core/duration-text.ts';

test.each([
  [0, '0ms'],
  [250, '250ms'],
  [90_000, '1m 30s'],
  [5_400_000, '1h 30m'],
  [41 * 86_400_000 + 5_000_000, '41d'],
  [9 * 86_400_000 + 3_600_000, '9d 1h'],
  [-60_000, '-1m'],
])('%d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('more parts tell apart what would look the same', () => {
  expect(formatDuration(30 * 86_400_000 + 60_000, 4)).toBe('30d 1m');
});
