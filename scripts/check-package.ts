import { execFile, execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { report } from './sources.ts'

/** What npm says of a tarball that it has packed. */
interface Packed {
  readonly name: string
  readonly filename: string
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

const run = promisify(execFile)

// What an application installs with `conversable`: it and these stay under two megabytes together.
const maxInstalledBytes = 2_000_000
const dependencies = ['@ai-sdk/provider', 'json-schema']

/** Packs every package of the repository, built before, and checks the tarballs as users get them. */
async function packageProblems(root: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'check-package-'))
  try {
    const packages = globSync('packages/*/package.json', { cwd: root }).map(dirname).toSorted()
    const args = ['pack', '--json', '--pack-destination', folder, ...packages.flatMap((path) => ['-w', path])]
    const packed = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8' })) as Packed[]
    const problems = packed.map(async (each, index) =>
      [
        ...strayFiles(each, join(root, packages[index] ?? '')),
        ...(await publintProblems(join(folder, each.filename))),
        ...(await typeProblems(join(folder, each.filename))),
        ...(each.name === 'conversable' ? sizeProblems(each, root) : []),
      ].map((problem) => `${each.name}: ${problem}`),
    )
    return (await Promise.all(problems)).flat()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** `tsc -b` does not take away the output of a source that is gone. A bundle is made anew each time. */
function strayFiles({ files }: Packed, folder: string): string[] {
  return files
    .map(({ path }) => path)
    .filter((path) => path.startsWith('dist/') && !path.startsWith('dist/bundle/'))
    .filter((path) => !existsSync(join(folder, path.replace(/^dist/, 'src').replace(/(\.d\.ts|\.js)$/, '.ts'))))
    .map((path) => `${path} is packed and has no source. Delete dist and build again.`)
}

async function publintProblems(tarball: string): Promise<string[]> {
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer } })
  return (
    messages
      // The condition under which this repository runs its own sources, which are not packed; nobody else sets it.
      .filter(({ path }) => !path.includes('conversable-source'))
      .map((message) => formatMessage(message, pkg, { color: false }) ?? message.code)
  )
}

async function typeProblems(tarball: string): Promise<string[]> {
  try {
    await run('attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color', '--format', 'ascii'])
    return []
  } catch (error) {
    return [(error as { readonly stdout: string }).stdout]
  }
}

function sizeProblems({ unpackedSize }: Packed, root: string): string[] {
  const files = dependencies.flatMap((name) =>
    globSync(`node_modules/${name}/**/*`, { cwd: root }).map((path) => statSync(join(root, path))),
  )
  const bytes = files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), unpackedSize)
  return bytes < maxInstalledBytes
    ? []
    : [`installs ${bytes} bytes, dependencies included; ${maxInstalledBytes} are the most.`]
}

if (import.meta.main) report('check-package', await packageProblems(process.cwd()))
