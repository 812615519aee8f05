import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableLine } from '../../../src/core/printable.ts';

/** Characters that show nothing, beyond the first 256. */
const unseen = '\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff'.split('');

const control = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/; // eslint-disable-line no-control-regex -- these are what must not come through

describe('printable', () => {
  it.each([
    ['plain text, Grüße, 日本', 'plain text, Grüße, 日本'],
    ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    ['a\rb\tc', 'a\\rb\\tc'],
    ['\u0007\u007f\u009b', '\\x07\\x7f\\x9b'],
    ['\u202eright to left\u2066', '\\u202eright to left\\u2066'],
    ['\u061cletter\u200emark\u200f', '\\u061cletter\\u200emark\\u200f'],
    ['line\u2028paragraph\u2029', 'line\\u2028paragraph\\u2029'],
    ['\ufeffkey', '\\ufeffkey'],
    ['two\nlines', 'two\nlines'],
  ])('shows %j as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('keeps one line one line', () => {
    expect(printableLine('two\nlines')).toBe('two\\nlines');
  });

  it('never lets a control character through', () => {
    const unit = fc.oneof(fc.constantFrom(...unseen), fc.string({ unit: 'binary', maxLength: 1 }));
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(printableLine(text)).not.toMatch(control);
      }),
    );
  });
});
