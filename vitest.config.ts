import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // no test depends on time; a busy machine may still be slow
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // whoever runs the tests may have an AWS profile of their own: it is none of their business
    env: { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
  },
});
