import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDurationMs } from '../../../src/core/duration.ts';

test.each([
  ['30d', 2_592_000_000],
  ['7', 604_800_000],
  [7, 604_800_000],
  [0.5, 43_200_000],
  ['1.5h', 5_400_000],
  [' 1H30m ', 5_400_000],
  ['0', 0],
  ['250ms', 250],
  ['1.4ms', 1],
  ['1m1ms', 60_001],
])('reads %j as %d ms', (text, expected) => {
  expect(parseDurationMs(text)).toBe(expected);
});

test.each(['', ' ', '2w', '-1d', '1h 30m', 'soon', '1h30', '.5h', '1.h', '1e3', '٣d', -1, NaN, Infinity, 1e21])(
  'refuses %j',
  (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  },
);

test('counts a bare number in the unit that is asked for', () => {
  expect(parseDurationMs('5', 's')).toBe(5000);
});

test('refuses a duration too large for a number', () => {
  expect(parseDurationMs('9'.repeat(400))).toBeUndefined();
});

test('adds up the parts of a composite', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(1e6), (hours, seconds) => {
      expect(parseDurationMs(`${hours}h${seconds}s`)).toBe(hours * 3_600_000 + seconds * 1000);
    }),
  );
});
