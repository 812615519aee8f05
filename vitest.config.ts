import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Whole-process tests start programs; two cores under load need room.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
