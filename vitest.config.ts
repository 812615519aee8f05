import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/helpers/random-cases.ts'],
    // Most tests wait for programs that they start; vitest would leave a core idle.
    maxWorkers: '100%',
    // Two cores under load need room.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
