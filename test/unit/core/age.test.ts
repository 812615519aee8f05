import { describe, expect, it } from 'vitest';
import { ageOf, formatAge } from '../../../src/core/age.ts';

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;
const days = 24 * hours;

describe('formatAge', () => {
  it.each([
    [0, 'just now'],
    [29 * seconds, 'just now'],
    [29_499, 'just now'],
    [30 * seconds, '1m ago'],
    [59 * minutes, '59m ago'],
    [89 * minutes, '1h ago'],
    [90 * minutes, '2h ago'],
    [47 * hours, '47h ago'],
    [48 * hours, '2d ago'],
    [60 * hours, '3d ago'],
    [400 * days, '400d ago'],
    [-1, 'unknown'],
    [null, 'unknown'],
    [Infinity, 'unknown'],
  ])('says %d ms as "%s"', (age, text) => {
    expect(formatAge(age)).toBe(text);
  });
});

describe('ageOf', () => {
  it.each([
    [900, 100],
    ['900', 100],
    [1100, -100],
    [0, null],
    [null, null],
    [undefined, null],
    ['', null],
    ['soon', null],
    [{}, null],
    [false, null],
  ])('of %o at 1000 is %o', (updatedAt, age) => {
    expect(ageOf(updatedAt, 1000)).toBe(age);
  });
});
