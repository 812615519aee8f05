import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activeBranch } from '../../../../src/core/transcript/branch.ts';

const ids = (branch: { entries: readonly { id: string }[] }): string => branch.entries.map(({ id }) => id).join('');
const links = (text: string): { id: string; parentId: unknown }[] =>
  text.split(' ').map((pair) => ({ id: pair[0]!, parentId: pair[1] === '-' ? null : pair[1] }));

test.each([
  ['a- ba cb', 'abc', 'root'],
  ['a- ba ca dc', 'acd', 'root'],
  ['a- ba cx dc', 'cd', 'missing-parent'],
  ['ba a- cb', 'abc', 'root'],
  ['ab ba', 'ab', 'cycle'],
  ['aa', 'a', 'cycle'],
  ['a- bc cd db', 'cbd', 'cycle'],
])('of %s, the active branch is %s and ends at a %s', (text, expected, end) => {
  const branch = activeBranch(links(text));
  expect([ids(branch), branch.end]).toEqual([expected, end]);
});

test('of entries with one id the last counts', () => {
  const first = { id: 'a', parentId: null };
  const second = { id: 'a', parentId: null };
  const leaf = { id: 'b', parentId: 'a' };
  expect(activeBranch([first, second, leaf]).entries[0]).toBe(second);
});

test('only a non-empty text leads to a parent', () => {
  for (const parentId of [null, undefined, '']) {
    expect(
      activeBranch([
        { id: '', parentId: null },
        { id: 'b', parentId },
      ]).end,
    ).toBe('root');
  }
  for (const parentId of [5, {}, true]) {
    expect(
      activeBranch([
        { id: '5', parentId: null },
        { id: 'b', parentId },
      ]).end,
    ).toBe('missing-parent');
  }
});

test('no entries, no branch', () => {
  expect(activeBranch([])).toEqual({ entries: [], end: 'root' });
});

test('always ends, at the last entry, without an entry twice', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  fc.assert(
    fc.property(
      fc.array(fc.record({ id, parentId: fc.oneof(id, fc.constantFrom(null, 'missing', '')) }), { minLength: 1 }),
      (entries) => {
        const branch = activeBranch(entries);
        expect(branch.entries.at(-1)).toBe(entries.at(-1));
        expect(new Set(branch.entries).size).toBe(branch.entries.length);
        for (const [index, entry] of branch.entries.entries()) {
          if (index > 0) expect(entry.parentId).toBe(branch.entries[index - 1]!.id);
        }
      },
    ),
  );
});
