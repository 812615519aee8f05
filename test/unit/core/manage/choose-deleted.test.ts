import { describe, expect, it } from 'vitest';
import type { CleanupRow } from '../../../../src/core/cleanup/snapshot.ts';
import { chooseDeleted } from '../../../../src/core/manage/choose-deleted.ts';

const row = (key: string, sessionId: string | undefined, pid?: number): CleanupRow => ({
  key,
  entry: { sessionId },
  bytes: 0,
  files: {
    path: undefined,
    exists: false,
    own: [],
    copies: [],
    lock: pid === undefined ? undefined : { path: '/lock', pid },
  },
});

describe('chooseDeleted', () => {
  it('takes the wanted rows, but for those that changed since or are in use', () => {
    const rows = [row('a', '1'), row('b', '2'), row('c', 'new'), row('d', '4', 77), row('e', undefined)];
    const wanted = new Map([
      ['a', '1'],
      ['c', 'old'],
      ['d', '4'],
      ['e', undefined],
      ['f', '6'],
    ]);
    const { choices } = chooseDeleted({ rows }, wanted);
    expect(choices.map((choice) => [choice.row.key, choice.action, choice.heldBack])).toEqual([
      ['a', 'delete', undefined],
      ['b', 'keep', undefined],
      ['c', 'keep', undefined],
      ['d', 'keep', 'delete'],
      ['e', 'delete', undefined],
    ]);
  });
});
