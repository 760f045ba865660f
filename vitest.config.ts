import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // no test depends on time; a busy machine may still be slow
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
