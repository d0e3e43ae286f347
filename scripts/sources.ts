import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, type Comment, type Program } from 'oxc-parser'

/** A parsed source file, as the checks read it. */
export interface Source {
  /** Path from the root of the repository (or of the tree that is checked). */
  readonly path: string
  readonly text: string
  readonly program: Program
  readonly comments: readonly Comment[]
}

/** Reads and parses the product code under the folders of a glob; tests are left out. */
export function sourcesIn(root: string, folders: string): Source[] {
  return globSync(`${folders}/**/*.ts`, { cwd: root })
    .filter((path) => !/\.test(-d)?\.ts$|node_modules/.test(path))
    .toSorted()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      const { program, comments } = parseSync(path, text)
      return { path, text, program, comments }
    })
}

/** `path:line` of an offset, as editors and terminals link it. */
export function placeOf(source: Source, offset: number): string {
  return `${source.path}:${source.text.slice(0, offset).split('\n').length}`
}

/** Prints what a check found and sets the exit code by it. */
export function report(check: string, problems: readonly string[]): void {
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  console.log(`${check}: ${problems.length === 0 ? 'ok' : `${problems.length} problems`}`)
}
