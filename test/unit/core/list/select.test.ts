import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectNewest } from '../../../../src/core/list/select.ts';

const row = (key: string, updatedAt?: unknown) => ({ key, entry: { updatedAt } });
const keys = (rows: readonly { readonly key: string }[]): string => rows.map(({ key }) => key).join(' ');

describe('selectNewest', () => {
  it('orders by updatedAt, absent as 0, numeric strings as numbers, ties as given', () => {
    const rows = [
      row('none'),
      row('old', 5),
      row('neg', -5),
      row('text', '7'),
      row('tie1', 6),
      row('tie2', 6),
      row('null', null),
    ];
    expect(keys(selectNewest(rows, { limit: null }).newest)).toBe('text tie1 tie2 old none null neg');
  });

  it('lets only numbers pass the time filter, also those of a time to come', () => {
    const rows = [
      row('at', 100),
      row('before', 99),
      row('future', 1e15),
      row('text', '200'),
      row('none'),
      { key: 'x', entry: null },
    ];
    expect(keys(selectNewest(rows, { limit: null, updatedSinceMs: 100 }).newest)).toBe('future at');
  });

  it('counts what passes the filter before the limit cuts', () => {
    const rows = [row('a', 3), row('b', 2), row('c', 1)];
    expect(selectNewest(rows, { limit: 1, updatedSinceMs: 2 })).toEqual({ total: 2, newest: [rows[0]] });
  });

  it('choosing per store and then over all gives what choosing over all at once gives', () => {
    const store = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(null, undefined, '2', 'x')));
    fc.assert(
      fc.property(fc.array(store, { maxLength: 4 }), fc.integer({ min: 1, max: 6 }), (stores, limit) => {
        const rows = stores.map((times, index) => times.map((time, at) => row(`${index}.${at}`, time)));
        const atOnce = selectNewest(rows.flat(), { limit }).newest;
        const perStore = rows.flatMap((each) => selectNewest(each, { limit }).newest);
        expect(keys(selectNewest(perStore, { limit }).newest)).toBe(keys(atOnce));
      }),
    );
  });
});
