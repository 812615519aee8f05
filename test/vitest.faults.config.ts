import { defineConfig } from 'vitest/config';

/** The long forms (npm run test:faults): files whose tests ask test/helpers/thorough.ts or state laws. See docs/testing.md. */
export default defineConfig({
  test: {
    include: [
      'test/faults/*.test.ts',
      'test/hostile/{streams,readers,concurrency}.test.ts',
      'test/cli/cleanup-writers.test.ts',
      'test/store/{cleanup-laws,held-store,huge-store,json-lines,json-store,sqlite-store,sqlite-writer}.test.ts',
      'test/gateway/client.test.ts',
      'test/unit/**/*.test.ts',
    ],
    setupFiles: ['test/helpers/random-cases.ts'],
    env: { SESSIONS_LONG_TESTS: '1' },
    // Programs under test use the other cores.
    maxWorkers: '100%',
    testTimeout: 1_800_000,
    hookTimeout: 60_000,
  },
});
