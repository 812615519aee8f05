import { defineConfig } from 'vitest/config';

/** The long forms: thousands of rounds beside writers, crashes and full disks (npm run test:faults). */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts', 'test/store/**/*.test.ts', 'test/cli/cleanup-writers.test.ts'],
    env: { SESSIONS_LONG_TESTS: '1' },
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
});
