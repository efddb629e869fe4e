import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const WORKERS_MIN = 2;
const WORKERS_MAX = 8;

export default defineConfig({
  resolve: {
    alias: {
      // Guards Next's client bundles; in plain Node there is nothing to guard.
      'server-only': fileURLToPath(new URL('./node_modules/server-only/empty.js', import.meta.url)),
    },
  },
  test: {
    include: ['**/*.test.ts', '**/*.test.tsx', 'bin/**/*.test.mjs'],
    exclude: ['**/node_modules/**', '.next/**', '.interpool/**', 'e2e/**'],
    setupFiles: './lib/testing/property-seed.ts',
    globalSetup: './lib/testing/shared-postgres.ts',
    // Processes, because tests start servers, native code and worker threads of their own.
    pool: 'forks',
    maxWorkers: Math.min(Math.max(availableParallelism(), WORKERS_MIN), WORKERS_MAX),
    retry: 0,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
});
