import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runWorkedCase } from '../helpers/worked-case.ts';
import { runInProcess } from '../helpers/world.ts';

const cases = path.resolve(import.meta.dirname, '../../fixtures/config');

describe('the worked cases of state and config, recorded from OpenClaw 2026.5.12', () => {
  it.each(fs.readdirSync(cases))('%s', async (name) => {
    const { got, expected } = await runWorkedCase(path.join(cases, name), runInProcess);
    expect(got).toEqual(expected);
  });
});
