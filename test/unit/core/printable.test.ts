import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableLine } from '../../../src/core/printable.ts';

describe('printable', () => {
  it.each([
    ['plain text, Grüße, 日本', 'plain text, Grüße, 日本'],
    ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    ['a\rb\tc', 'a\\rb\\tc'],
    ['\u0007\u007f\u009b', '\\x07\\x7f\\x9b'],
    ['\u202eright to left\u2066', '\\u202eright to left\\u2066'],
    ['two\nlines', 'two\nlines'],
  ])('shows %j as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('keeps one line one line', () => {
    expect(printableLine('two\nlines')).toBe('two\\nlines');
  });

  it('never lets a control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // eslint-disable-next-line no-control-regex -- these are what must not come through
        expect(printableLine(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });
});
