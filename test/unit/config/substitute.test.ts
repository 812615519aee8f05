import { expect, test } from 'vitest';
import { substituteVariables } from '../../../src/config/substitute.ts';

const env = { A: 'x', A_1: 'y', EMPTY: '', lower: 'no', DOLLAR: '$&${A}' };

test.each([
  ['${A}/${A_1}', 'x/y'],
  ['$${A}', '${A}'],
  ['$$${A}', '$${A}'],
  ['${UNSET} ${EMPTY}', '${UNSET} ${EMPTY}'],
  ['${lower} $A ${} ${1A} ${A-B}', '${lower} $A ${} ${1A} ${A-B}'],
  ['${DOLLAR}', '$&${A}'],
])('substitutes %j', (text, expected) => {
  expect(substituteVariables(text, env)).toBe(expected);
});

test('reaches strings in objects and arrays, and leaves keys, their order and other values alone', () => {
  const config = JSON.parse('{"${A}": [{"b": "${A}", "a": 1}, null, true], "__proto__": {"x": "${A}"}}');
  expect(JSON.stringify(substituteVariables(config, env))).toBe(
    '{"${A}":[{"b":"x","a":1},null,true],"__proto__":{"x":"x"}}',
  );
});
