import { defineConfig } from 'vitest/config';

export default defineConfig({
  // One Trino at a time: each takes a gigabyte and a half, and both processors.
  test: { include: ['test/trino/*.trino.ts'], testTimeout: 120_000, fileParallelism: false },
});
