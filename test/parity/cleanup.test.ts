import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCleanupCase } from '../helpers/cleanup-case.ts';
import { scanning } from '../helpers/cli.ts';

const cases = path.resolve(import.meta.dirname, '../../fixtures/cleanup');

/**
 * Recorded from OpenClaw 2026.5.12. What it expects was changed where a deviation shows, and there only
 * (docs/deviations.md): `truncated-store-apply-json` (V2), a file that a kept row names in
 * `archive-candidates-apply-json`, a row that has only a topic transcript in `fix-missing-paths-*`, and a topic transcript
 * of a kept session in `artifacts-*` (V10).
 */
describe.each([
  { way: 'parsed', env: {} },
  { way: 'scanned', env: scanning },
])('the worked cases of the cleanup, the store $way', ({ env }) => {
  it.each(fs.readdirSync(cases))('%s', async (name) => {
    const { got, expected } = await runCleanupCase(path.join(cases, name), env);
    expect(got).toEqual(expected);
  });
});
