import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonDamage } from '../../../src/core/json-damage.ts';
import { isThorough } from '../../helpers/thorough.ts';

describe('findJsonDamage', () => {
  it.each([
    ['', 1, 1, 'the file ends here, a value is missing'],
    ['{"a": 1', 1, 8, 'the file ends here, "," or "}" is missing'],
    ['{"a": 1,}', 1, 9, 'a member name in double quotes expected'],
    ['{\n  "a" 1\n}', 2, 7, '":" expected'],
    ['{"größe": "日本", x', 1, 17, 'a member name in double quotes expected'],
    ['{"a": [1, 2}', 1, 12, '"," or "]" expected'],
    ['{"a": tru}', 1, 10, '"true" expected'],
    ['{"a": 01}', 1, 8, '"," or "}" expected'],
    ['{"a": 1.}', 1, 9, 'a digit expected'],
    ['{"a": "x\ny"}', 1, 9, 'control character in a string'],
    ['{"a": "\\x"}', 1, 9, 'bad escape in a string'],
    ['{"a": "x', 1, 9, 'the file ends here, the end of a string is missing'],
    ['{} {}', 1, 4, 'the end of the document expected'],
    ['// x\n{}', 1, 1, 'a value expected'],
    ['{"a": 1}\n}', 2, 1, 'the end of the document expected'],
  ])('of %j is at line %i, column %i', (text, line, column, reason) => {
    expect(findJsonDamage(text)).toEqual({ line, column, reason });
  });

  it('agrees with JSON.parse on every text, whole or damaged', () => {
    const damagedJson = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', '.', 'e', '\n', '\u0001', 'nul'),
      )
      .map(([text, at, piece]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + piece + text.slice(place + (at % 3));
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), damagedJson, fc.string()), (text) => {
        expect(findJsonDamage(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: isThorough ? 100_000 : 3000 },
    );
  });

  it('survives nesting as deep as the file is long, and strings of megabytes', () => {
    expect(findJsonDamage('['.repeat(1_000_000))?.reason).toContain('the file ends here');
    expect(findJsonDamage(`{"a":"${'x'.repeat(5_000_000)}`)?.reason).toContain('the end of a string');
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
