import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A package that was found, and where things are in it. */
export interface Peer {
  /** The package's own folder. */
  readonly folder: string
  readonly version: string
}

/** The names of Deno's packages of binaries, by platform and architecture. */
const DENO_PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': '@deno/darwin-arm64',
  'darwin-x64': '@deno/darwin-x64',
  'linux-arm64': '@deno/linux-arm64-glibc',
  'linux-x64': '@deno/linux-x64-glibc',
  'win32-arm64': '@deno/win32-arm64',
  'win32-x64': '@deno/win32-x64',
}

/** Deno's binary as its npm package brings it, without the help of an install script; or why there is none. */
export function findDeno(): { readonly path: string } | string {
  const deno = findPeer('deno')
  if (typeof deno === 'string') return deno
  const platform = `${process.platform}-${process.arch}`
  const name = DENO_PACKAGES[platform]
  if (name === undefined) return `There is no Deno on npm for ${platform}.`
  const binary = findPeer(name, join(deno.folder, 'package.json'))
  const path = typeof binary === 'string' ? '' : join(binary.folder, process.platform === 'win32' ? 'deno.exe' : 'deno')
  return existsSync(path)
    ? { path }
    : `The package deno is installed without its binary, ${name}. Run: npm install deno --include=optional`
}

/** Pyodide's folder and version, or why there is none. */
export function findPyodide(): Peer | string {
  return findPeer('pyodide')
}

/** What just-bash is loaded with, or why it cannot be. */
export interface ShellSetup {
  readonly url: string
  /** Where the packages are that it imports. */
  readonly importMap: string
  /** What must be readable until it is loaded. */
  readonly readable: string
}

/** Packages that just-bash imports by name: CommonJS, or free to be taken as such. */
const IMPORTED: Readonly<Record<string, string>> = {
  diff: 'export const { applyPatch, createTwoFilesPatch, createPatch, diffArrays, diffChars, diffLines, diffWords, parsePatch, structuredPatch } = found',
  minimatch: 'export const { minimatch, Minimatch, escape, unescape, makeRe, match, filter } = found',
  'sprintf-js': 'export const { sprintf, vsprintf } = found',
  turndown: 'export default found.default ?? found',
}

/** Finds just-bash and the packages that it imports, or says why it cannot be used. */
export function findShell(): ShellSetup | string {
  const bash = findPeer('just-bash')
  if (typeof bash === 'string') return bash
  const main = join(bash.folder, 'dist', 'bundle', 'browser.js')
  if (!existsSync(main)) return `just-bash ${bash.version} has no build for browsers. Run: npm install just-bash@3`
  const { resolve } = createRequire(main)
  const imports = Object.entries(IMPORTED).map(([name, exported]) => {
    const path = JSON.stringify(resolve(name))
    const source = `import { createRequire } from 'node:module'; const found = createRequire(${path})(${path}); ${exported}`
    return [name, `data:text/javascript,${encodeURIComponent(source)}`]
  })
  return {
    url: pathToFileURL(main).href,
    importMap: `data:application/json,${encodeURIComponent(JSON.stringify({ imports: Object.fromEntries(imports) }))}`,
    readable: outermostModules(bash.folder),
  }
}

/** The folder of packages that a package stands in, in which those that it imports are found too. */
function outermostModules(folder: string): string {
  const mark = `${sep}node_modules${sep}`
  const index = folder.indexOf(mark)
  return index === -1 ? folder : folder.slice(0, index + mark.length - 1)
}

function findPeer(name: string, from: string = import.meta.url): Peer | string {
  const require = createRequire(from)
  for (const modules of require.resolve.paths(name) ?? []) {
    const manifest = join(modules, name, 'package.json')
    if (!existsSync(manifest)) continue
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }
    return { folder: dirname(realpathSync(manifest)), version }
  }
  return `The package ${name} is not installed. Run: npm install ${name}`
}
