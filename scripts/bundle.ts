import { build } from 'esbuild'
import { rmSync } from 'node:fs'
import { join } from 'node:path'

const CORE = join(import.meta.dirname, '../packages/core')
const BUNDLE = join(CORE, 'dist/bundle')

/**
 * Puts the sources of the core into a file for each of its entries, and what they share: a module of its own takes half a
 * millisecond to load, and there are 150 of them. The declarations are written by `tsc`.
 */
rmSync(BUNDLE, { recursive: true, force: true })
await build({
  entryPoints: ['index', 'testing/index', 'console/index', 'node/index'].map((name) => join(CORE, 'src', `${name}.ts`)),
  outbase: join(CORE, 'src'),
  outdir: BUNDLE,
  chunkNames: 'shared-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  // What runs in a browser, too, and finds its packages where it is installed.
  platform: 'neutral',
  packages: 'external',
  target: 'es2024',
  logLevel: 'warning',
})
