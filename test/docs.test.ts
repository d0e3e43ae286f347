import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md'], { cwd: root }).toSorted()
const run = promisify(execFile)

interface Block {
  readonly language: string
  readonly code: string
  /** Line of its first line in the page, counted from 1. */
  readonly line: number
}

let folder: string

beforeAll(async () => {
  // Inside the project, so that packages are found.
  folder = await mkdtemp(join(root, 'node_modules', '.cache-docs-'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('every TypeScript block of the docs compiles', { timeout: 30_000 }, async () => {
  const modules = pages.flatMap(modulesOf)
  expect(modules.length).toBeGreaterThan(20)
  for (const { name, code } of modules) await writeFile(join(folder, name), code)
  const config = {
    extends: join(root, 'tsconfig.base.json'),
    // A block may show a name without using it.
    compilerOptions: { noEmit: true, types: ['node'], noUnusedLocals: false, noUnusedParameters: false },
    files: modules.map(({ name }) => name),
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc')
  const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch((error: { stdout: string }) => error)
  // Errors as `docs_guide.md-2.ts(120,5): …`: the line is the page's own.
  expect(stdout).toBe('')
})

test('the example of the README prints what the README says', { timeout: 30_000 }, async () => {
  const [example, scripted, printed] = blocksOf('README.md').filter(({ language }) => language !== 'sh')
  const program = `${scripted?.code}\n${example?.code.replace("model: 'openai/gpt-5'", 'model')}`
  expect(program).toContain('llmConfig: { model }')
  // Node strips no types of files under node_modules.
  await writeFile(join(folder, 'example.mjs'), stripTypeScriptTypes(program))
  const args = ['--conditions=conversable-source', join(folder, 'example.mjs')]
  const { stdout } = await run(process.execPath, args)
  expect(stdout.trimEnd()).toBe(printed?.code)
})

test('the page of the package shows the same example as the README', () => {
  const exampleOf = (page: string): string | undefined => blocksOf(page)[0]?.code
  expect(exampleOf('packages/core/README.md')).toBe(exampleOf('README.md'))
})

describe.each(pages)('%s', (page) => {
  test('leads to files and headings that are there', () => {
    const links = [...proseOf(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)]
    const lost = links.filter(([, path = '', heading]) => {
      const target = path === '' ? page : join(dirname(page), path)
      return !existsSync(join(root, target)) || (heading !== undefined && !headingsOf(target).includes(heading))
    })
    expect(lost.map(([link]) => link)).toEqual([])
  })
})

test.each([
  ['stop rule', 'stop-reason.ts'],
  ['code of a mistake in the setup', 'errors/configuration-error.ts'],
  ['class of errors', 'index.ts'],
])('the guide names every %s', (_what, file) => {
  const source = readFileSync(join(root, 'packages/core/src', file), 'utf8')
  const names = [...source.matchAll(/^ {2}\| '([\w-]+)'$|\b(\w+Error)\b.* from /gm)].map(
    (match) => match[1] ?? match[2],
  )
  expect(names.length).toBeGreaterThan(5)
  const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8')
  expect(names.filter((name) => !guide.includes(`\`${name}\``))).toEqual([])
})

/** The TypeScript of a page as modules. A block that begins with `// continues` belongs to the one before it. */
function modulesOf(page: string): { readonly name: string; readonly code: string }[] {
  const modules: string[] = []
  for (const { language, code, line } of blocksOf(page)) {
    if (language !== 'ts') continue
    const before = code.startsWith('// continues') ? (modules.pop() ?? '') : ''
    modules.push(before + '\n'.repeat(line - before.split('\n').length) + code)
  }
  return modules.map((code, index) => ({ name: `${page.replaceAll('/', '_')}-${index + 1}.ts`, code }))
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```(\w*)\n(.*?)\n```$/gms)].map(({ 1: language = '', 2: code = '', index }) => ({
    language,
    code,
    line: text.slice(0, index).split('\n').length + 1,
  }))
}

function proseOf(page: string): string {
  return readFileSync(join(root, page), 'utf8').replace(/^```.*?^```$/gms, '')
}

/** The anchors of a page's headings, as GitHub makes them. */
function headingsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(({ 1: heading = '' }) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}
