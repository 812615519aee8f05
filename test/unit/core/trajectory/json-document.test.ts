import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonDocument, Stream } from '../../../../src/core/trajectory/json-document.ts';

async function* each(values: readonly unknown[]): AsyncGenerator {
  for (const value of values) yield await Promise.resolve(value);
}

test('gives what JSON.stringify gives for the whole object', async () => {
  const json = fc.jsonValue() as fc.Arbitrary<unknown>;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(fc.string(), fc.oneof(json, fc.constant(undefined))), { selector: ([key]) => key }),
      fc.array(json),
      async (members, items) => {
        // Keys that are numbers would be moved to the front by an object, but not by us.
        const named = members.map(([key, value]) => [`k${key}`, value] as const);
        let text = '';
        for await (const piece of jsonDocument([...named, ['items', new Stream(each(items))]])) text += piece;
        expect(text).toBe(`${JSON.stringify(Object.fromEntries([...named, ['items', items]]), null, 2)}\n`);
      },
    ),
  );
});

test('an object without members is {}', async () => {
  let text = '';
  for await (const piece of jsonDocument([['a', undefined]])) text += piece;
  expect(text).toBe('{}\n');
});
