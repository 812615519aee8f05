import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { shortenMiddle, wrapCells } from '../../../src/render/cells.ts';
import { renderTable } from '../../../src/render/table.ts';
import { plain } from '../../../src/render/theme.ts';

const family = '👩‍👩‍👧‍👦';

describe('shortenMiddle', () => {
  it('leaves what fits, and cuts between graphemes', () => {
    expect(shortenMiddle('agent:main:main', 15)).toBe('agent:main:main');
    expect(shortenMiddle('agent:main:telegram:direct:123456789', 20)).toBe('agent:main:t…3456789');
    expect(shortenMiddle(`${family}${family}${family}${family}`, 7)).toBe(`${family}${family}…${family}`);
  });
});

describe('wrapCells', () => {
  it('breaks at blanks, else anywhere between graphemes', () => {
    expect(wrapCells('think:high system id:1', 12)).toEqual(['think:high', 'system id:1']);
    expect(wrapCells('日本語日本語', 5)).toEqual(['日本', '語日', '本語']);
    expect(wrapCells('', 5)).toEqual(['']);
    expect(wrapCells('ab', -5)).toEqual(['a', 'b']);
    expect(wrapCells('abcdef', 3)).toEqual(['abc', 'def']);
  });

  it('never makes a line wider than asked, and loses nothing but blanks', () => {
    // No grapheme is wider than four cells; one that is wider than its column is not cut.
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 20 }), (value, width) => {
        const lines = wrapCells(value, width);
        expect(lines.join('').replaceAll(' ', '')).toBe(value.replaceAll(' ', ''));
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('renderTable', () => {
  const columns = [
    { title: 'Key', atLeast: 8, overflow: 'shorten', heads: true },
    { title: 'Age' },
    { title: 'Flags', atLeast: 6 },
  ] as const;
  const rows = [
    ['agent:main:telegram:direct:1', '5m ago', 'think:high id:abc'],
    ['日本語キー', '2d ago', ''],
  ].map((row) => row.map((text) => ({ text, paint: plain })));

  it('is as wide as its longest cells where there is room', () => {
    expect(renderTable(columns, rows, plain, 80)).toBe(
      [
        'Key                           Age     Flags',
        'agent:main:telegram:direct:1  5m ago  think:high id:abc',
        '日本語キー                    2d ago',
      ].join('\n'),
    );
  });

  it('narrows the last column first, then shortens keys', () => {
    expect(renderTable(columns, rows, plain, 30)).toBe(
      [
        'Key             Age     Flags',
        'agent:ma…ect:1  5m ago  think:',
        '                        high',
        '                        id:abc',
        '日本語キー      2d ago',
      ].join('\n'),
    );
  });

  it('shows records when columns do not fit', () => {
    expect(renderTable(columns, rows, plain, 20)).toBe(
      ['agent:main:telegram:', 'direct:1', '  5m ago', '  think:high id:abc', '日本語キー', '  2d ago'].join('\n'),
    );
  });

  it('never writes wider than the terminal', () => {
    const cell = fc.string({ unit: 'grapheme-ascii', maxLength: 60 }).map((text) => ({ text, paint: plain }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 12, max: 120 }),
        (some, width) => {
          for (const line of renderTable(columns, some, plain, width).split('\n')) {
            expect(stringWidth(line)).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });
});
