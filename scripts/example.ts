import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

// npm run example -- NAME [ARGUMENTS…]: runs examples/NAME/main.ts on the sources of the packages.
const root = join(import.meta.dirname, '..')
const names = globSync('examples/*/main.ts', { cwd: root })
  .map((path) => basename(dirname(path)))
  .toSorted()
const [name, ...rest] = process.argv.slice(2)

if (name !== undefined && names.includes(name)) {
  const main = join(root, 'examples', name, 'main.ts')
  const { status } = spawnSync(process.execPath, ['--conditions=conversable-source', main, ...rest], {
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
} else {
  if (name !== undefined) console.error(`There is no example "${name}".`)
  console.log(`Run one with "npm run example -- NAME":\n${names.map((each) => `  ${each}`).join('\n')}`)
  process.exitCode = name === undefined ? 0 : 1
}
