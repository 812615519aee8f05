import { defineConfig } from 'vitest/config';

// Against a real Gateway (docs/gateway.md, testing): installs OpenClaw on the first run, so it is not part of `npm test`.
export default defineConfig({
  test: {
    include: ['test/gateway/live/**/*.live.ts'],
    testTimeout: 180_000,
    hookTimeout: 600_000,
  },
});
