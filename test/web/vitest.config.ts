import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/web/*.web.ts'],
    globalSetup: 'test/web/build-page.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    // one browser at a time
    fileParallelism: false,
  },
});
