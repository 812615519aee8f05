import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storeText } from '../../src/core/cleanup/store-text.ts';
import { isJsonObject } from '../../src/core/json.ts';
import { type HeldStore, holdStore, type PresentStore } from '../../src/stores/json/held-store.ts';
import { isInPlace, isUnchanged } from '../../src/stores/json/unchanged.ts';
import { scratchFolder } from '../helpers/scratch.ts';
import { isThorough } from '../helpers/thorough.ts';

/** The two ways a store is held: parsed whole, or scanned because it is large. Both keep one contract. */
const ways = [
  { way: 'parsed', read: { scanFromBytes: Infinity, chunkBytes: 0 } },
  { way: 'scanned', read: { scanFromBytes: 0, chunkBytes: 1024 * 1024 } },
  { way: 'scanned in small pieces', read: { scanFromBytes: 0, chunkBytes: 7 } },
];
const fields = ['sessionId', 'updatedAt'];

function storeFile(content: string | Buffer): string {
  const file = path.join(scratchFolder(), 'sessions.json');
  fs.writeFileSync(file, content);
  return file;
}

function hold(file: string, { read }: (typeof ways)[number], now = Date.now): HeldStore {
  return holdStore(file, { fields, now, read });
}

function present(store: HeldStore): PresentStore {
  if (store.state === 'absent') throw new Error('there is no store');
  return store;
}

const entriesOf = (store: PresentStore): [string, unknown][] =>
  store.rows.map(({ key }, index) => [key, store.entryAt(index)]);

/** What a cleanup looks at: the fields asked for; nothing of what is no object. */
const fieldsOf = (store: PresentStore): unknown[] =>
  store.rows.map(({ entry }) => (isJsonObject(entry) ? fields.map((field) => entry[field]) : undefined));

const textOf = (store: PresentStore): string =>
  [...storeText(entriesOf(store).map(([key, entry]) => ({ key, entry })))].join('');

describe.each(ways)('a store held $way', (way) => {
  it('is absent where there is none', () => {
    using store = hold(path.join(scratchFolder(), 'none.json'), way);
    expect(store).toMatchObject({ state: 'absent', rows: [] });
  });

  it('goes on telling its entries when another store is put in its place', () => {
    const file = storeFile('{"a": {"n": 1}, "b": {"n": 2}}');
    using store = hold(file, way);
    fs.writeFileSync(`${file}.new`, '{}');
    fs.renameSync(`${file}.new`, file);
    expect(entriesOf(present(store))).toEqual([
      ['a', { n: 1 }],
      ['b', { n: 2 }],
    ]);
    expect(isInPlace(file, store)).toBe(false);
  });

  it('knows its text from any other', () => {
    const text = '{"a": "größer 🙂"}\n';
    using store = hold(storeFile(text), way);
    const known = [[text], text, [text, ' '], [text.slice(0, -1)], [text.replace('a', 'b')]].map((pieces) =>
      present(store).hasText(pieces),
    );
    expect(known).toEqual([true, true, false, false, false]);
  });

  it('is told from one that was written in place within the same tick of the clock', () => {
    const file = storeFile('{"a": {"n": 1}}');
    using store = hold(file, way);
    expect(isUnchanged(file, store)).toBe(true);
    const { stat } = present(store);
    fs.writeFileSync(file, '{"a": {"n": 2}}');
    fs.utimesSync(file, stat.atime, stat.mtime);
    expect(present(store).isContentOf(file)).toBe(false);
    expect(isUnchanged(file, store)).toBe(false);
  });

  it('is known by its times alone once the clock has moved on', () => {
    const file = storeFile('{"a": {}}');
    using store = hold(file, way, () => Date.now() + 10_000);
    expect(isUnchanged(file, store)).toBe(true);
    fs.appendFileSync(file, ' ');
    expect(isUnchanged(file, store)).toBe(false);
  });

  it('takes bytes that are not UTF-8 for U+FFFD everywhere', () => {
    using store = hold(storeFile(Buffer.from('{"a\xff": {"sessionId": "\xc3"}}', 'latin1')), way);
    expect(entriesOf(present(store))).toEqual([['a\ufffd', { sessionId: '\ufffd' }]]);
    expect(present(store).hasText(['{"a\ufffd": {"sessionId": "\ufffd"}}'])).toBe(true);
  });
});

const fieldKey = fc.constantFrom(
  '"sessionId"',
  '"updatedAt"',
  '"session\\u0049d"',
  '"model"',
  '"lastTo"',
  '"__proto__"',
);
const anyKey = fc.oneof(
  fc.string({ unit: 'binary' }).map((key) => JSON.stringify(key)),
  fc.constantFrom('"7"', '"12"', '"\\u0037"', '"a"', '"\\u0061"', '"__proto__"', '"constructor"', '""'),
);
/** JSON as other programs may write it: keys twice and with escapes, blanks anywhere, numbers in other forms. */
const json = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('null', '1.0', '-0', '1e3', '12345678901234567890', '"a\\/\\u00e9"', '"\\ud800"', '[]', '{}'),
    fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.stringify(value)),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(' ,')}]`),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(fc.oneof(fieldKey, anyKey), tie('value')), { maxLength: 4 })
    .map((members) => `{ ${members.map(([key, value]) => `${key} :${value}`).join(',\n')} }`),
}));
const anyStore = fc
  .array(fc.tuple(anyKey, fc.oneof(json.object, json.value)), { maxLength: 8 })
  .map((members) => `{\n${members.map(([key, value]) => `${key}: ${value}`).join(',')}\n}\n`);

describe('all ways of holding a store', () => {
  it('give the same rows, fields, entries and text for every store, that of JSON.parse and JSON.stringify', () => {
    fc.assert(
      fc.property(anyStore, (text) => {
        const file = storeFile(text);
        const parsed = JSON.parse(text) as object;
        for (const way of ways) {
          using held = hold(file, way);
          const store = present(held);
          expect(JSON.stringify(entriesOf(store))).toBe(JSON.stringify(Object.entries(parsed)));
          expect(fieldsOf(store)).toEqual(
            Object.values(parsed).map((entry: unknown) =>
              isJsonObject(entry) ? fields.map((field) => entry[field]) : undefined,
            ),
          );
          expect(textOf(store)).toBe(JSON.stringify(parsed, null, 2));
          expect(store.hasText([text])).toBe(true);
          expect(store.isContentOf(file)).toBe(true);
        }
        fs.rmSync(path.dirname(file), { recursive: true });
      }),
      { numRuns: isThorough ? 10_000 : 400 },
    );
  });
});
