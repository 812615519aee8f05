import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runWorkedCase } from '../helpers/worked-case.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');
const cases = path.join(fixtures, 'list');

describe('the worked cases of the listing, recorded from OpenClaw 2026.5.12', () => {
  it.each(fs.readdirSync(cases))('%s', async (name) => {
    const { got, expected } = await runWorkedCase(path.join(cases, name));
    expect(got).toEqual(expected);
  });
});

describe('a state written by the real OpenClaw 2026.5.12', () => {
  it('lists as that release listed it, both agents', async () => {
    const { got, expected } = await runWorkedCase(path.join(fixtures, 'genuine-2026.5.12'));
    expect(got).toEqual(expected);
  });
});
