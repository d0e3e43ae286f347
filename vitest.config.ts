import { defineConfig } from 'vitest/config'

/** Tests that take long have a command of their own: `npm run test:slow`. */
const SLOW = '**/*.slow.test.ts'

export default defineConfig(({ mode }) => ({
  // Tests run the packages' sources: nothing is built first.
  ssr: { resolve: { conditions: ['conversable-source', 'module', 'node', 'development|production'] } },
  test: {
    include: mode === 'slow' ? [SLOW] : ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...(mode === 'slow' ? [] : [SLOW])],
    // No keys, and no network but this machine's own.
    setupFiles: ['./test/setup.ts'],
    // One process without isolation is fast, and finds globals: a test that needs isolation has found one.
    isolate: false,
    reporters: ['default', './test/reporter.ts'],
  },
}))
