import { expect, test } from 'vitest';
import { parseDotEnv } from '../../../src/config/dotenv.ts';

test.each([
  ['A=b', { A: 'b' }],
  ['export A = b ', { A: 'b' }],
  ['A: b', { A: 'b' }],
  ['A:b', {}],
  ['A=', { A: '' }],
  ['A=a#b', { A: 'a' }],
  ['A=a # comment', { A: 'a' }],
  [`A='a # b' # comment`, { A: 'a # b' }],
  ['A="a\\nb\\rc\\td"', { A: 'a\nb\rc\\td' }],
  [`A='a\\nb'`, { A: 'a\\nb' }],
  ['A=`it\'s "x"`', { A: `it's "x"` }],
  ['A="one\ntwo"\nB=x', { A: 'one\ntwo', B: 'x' }],
  ['A="open\nB=x', { A: '"open', B: 'x' }],
  ['A=1\r\nB=2\rC=3', { A: '1', B: '2', C: '3' }],
  ['A=1\nA=2', { A: '2' }],
  ['# A=1\n  \nnonsense!\n =x\n a.b-c=1', { 'a.b-c': '1' }],
  ['\uFEFFA=1', { A: '1' }],
])('reads %j', (text, expected) => {
  expect(Object.fromEntries(parseDotEnv(text))).toEqual(expected);
});
