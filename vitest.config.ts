import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Tests run the packages' sources: nothing is built first.
  ssr: { resolve: { conditions: ['conversable-source', 'module', 'node', 'development|production'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    // No keys, and no network but this machine's own.
    setupFiles: ['./test/setup.ts'],
    // One process without isolation is fast, and finds globals: a test that needs isolation has found one.
    isolate: false,
    reporters: ['default', './test/reporter.ts'],
  },
})
