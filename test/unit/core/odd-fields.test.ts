import { describe, expect, it } from 'vitest';
import { findOddFields } from '../../../src/core/odd-fields.ts';
import { oddFieldLines } from '../../../src/render/odd-fields.ts';

const linesFor = (entries: Readonly<Record<string, unknown>>): readonly string[] =>
  oddFieldLines('/s.json', findOddFields(Object.entries(entries).map(([key, entry]) => ({ key, entry }))));

describe('odd fields', () => {
  it('are named with key, field and what was found', () => {
    expect(
      linesFor({
        a: null,
        'b\n\u001b[31m': { modelOverride: 5, sessionId: ['x'], chatType: {} },
        c: { updatedAt: 'soon', model: 'x' },
        d: { totalTokens: 'y'.repeat(50) },
      }),
    ).toEqual([
      'Skipped in /s.json: a: the entry is no object',
      String.raw`Skipped in /s.json: b\n\x1b[31m: sessionId is an array, not a text`,
      String.raw`Skipped in /s.json: b\n\x1b[31m: chatType is an object, not a text`,
      String.raw`Skipped in /s.json: b\n\x1b[31m: modelOverride is 5, not a text`,
      'Skipped in /s.json: c: updatedAt is "soon", not a number',
      '... and 1 more in /s.json',
    ]);
  });

  it('are not those that are absent, null, in digits, or only passed on', () => {
    expect(linesFor({ a: {}, b: { updatedAt: '17', model: null, thinkingLevel: 5, sessionId: '' } })).toEqual([]);
  });
});
