/**
 * True in `npm run test:faults`, for the long form of a test: every point instead of one of each kind, a minute instead of
 * seconds, a hundred times as many random cases (docs/testing.md). The files that have one are listed in
 * test/vitest.faults.config.ts.
 */
export const isThorough = process.env['SESSIONS_LONG_TESTS'] === '1';
