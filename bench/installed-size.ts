import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Effort } from './measure.ts'
import { lineOf, type Section } from './table.ts'

/** What is read of a `package.json`. */
interface Manifest {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

const ROOT = join(import.meta.dirname, '..')
const CORE = join(ROOT, 'packages/core')
const MAX_PACKAGES = 3
const MAX_BYTES = 2_000_000

/** Measures what `npm install` of each side lays out: the package and all that it depends on. */
export async function measureInstalledSize(_effort: Effort): Promise<Section> {
  const ours = foldersOf(CORE)
  const ai = foldersOf(folderOf('ai', ROOT))
  const bytes = { ours: sum([packedBytes(), ...ours.slice(1).map(bytesIn)]), ai: sum(ai.map(bytesIn)) }
  const isBuilt = existsSync(join(CORE, 'dist/bundle/index.js'))
  return {
    title: 'Installed, with dependencies',
    lines: [
      lineOf(
        'packages',
        { ours: ours.length, ai: ai.length },
        { text: `at most ${MAX_PACKAGES}`, isMet: ours.length <= MAX_PACKAGES },
      ),
      lineOf(
        'megabytes',
        { ours: bytes.ours / 1e6, ai: bytes.ai / 1e6 },
        { text: 'under 2', isMet: isBuilt && bytes.ours < MAX_BYTES },
      ),
    ],
    notes: isBuilt ? [] : ['conversable is not built, so its own size is missing'],
  }
}

/** The version of a package that this repository has installed. */
export function installedVersion(name: string): string {
  return manifestIn(folderOf(name, ROOT)).version
}

/** The folder of a package and those of all that it depends on, each once; peers that must be there are installed too. */
function foldersOf(folder: string): string[] {
  const folders = new Set([folder])
  // A set that grows is walked to its end.
  for (const one of folders) {
    const { dependencies, peerDependencies, peerDependenciesMeta } = manifestIn(one)
    const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional)
    for (const name of [...Object.keys(dependencies ?? {}), ...peers]) folders.add(folderOf(name, one))
  }
  return [...folders]
}

/** Where Node finds a package from a folder. */
function folderOf(name: string, from: string): string {
  const folder = join(from, 'node_modules', name)
  if (existsSync(folder)) return folder
  if (dirname(from) === from) throw new Error(`The package "${name}" is not installed. Run: npm install.`)
  return folderOf(name, dirname(from))
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** What is published of the core, unpacked. */
function packedBytes(): number {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--workspace', CORE], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const [core] = JSON.parse(packed) as { readonly unpackedSize: number }[]
  return core?.unpackedSize ?? Number.NaN
}

function bytesIn(folder: string): number {
  const files = globSync('**/*', { cwd: folder, exclude: (path) => path === 'node_modules' })
  return sum(files.map((path) => statSync(join(folder, path))).map((file) => (file.isFile() ? file.size : 0)))
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0)
}
