import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/trino/*.trino.ts'], testTimeout: 120_000 },
});
