import fc from 'fast-check';
import json5 from 'json5';
import { expect, test } from 'vitest';
import { parseConfigText } from '../../../src/config/parse.ts';

test('reads plain JSON to what the JSON5 parser reads', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json(), async (text) => {
      expect(await parseConfigText(text)).toEqual(json5.parse(text));
    }),
  );
});

test.each(['{"a": 1, "a": 2}', '{"__proto__": {"a": 1}}', '{"2": 1, "1": 2}', '-0', '1e400', '"\\u2028"', '"\u2028"'])(
  'reads %j alike',
  async (text) => {
    expect(JSON.stringify(await parseConfigText(text))).toBe(JSON.stringify(json5.parse(text)));
  },
);
