import type { Declaration, Statement } from 'oxc-parser'
import { placeOf, report, sourcesIn, type Source } from './sources.ts'

/** Names each export of the packages that has no doc comment directly in front of it. */
export function undocumentedExports(root: string): string[] {
  return sourcesIn(root, 'packages/*/src').flatMap(undocumentedIn)
}

function undocumentedIn(source: Source): string[] {
  const { body } = source.program
  // `export { name }` exports what is declared elsewhere in the file; with a `from`, another file has documented it.
  const listed = new Set(body.flatMap(listedNames))
  const seen = new Set<string>()
  return body.flatMap((statement) => {
    const isExport = statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
    const names = namesOf(statement).filter((name) => isExport || listed.has(name))
    // The first of several overloads speaks for all of them.
    const fresh = names.filter((name) => !seen.has(name))
    for (const name of names) seen.add(name)
    if (fresh.length === 0 || hasDocComment(source, statement.start)) return []
    return [`${placeOf(source, statement.start)} "${fresh.join(', ')}" is exported and has no doc comment.`]
  })
}

function listedNames(statement: Statement): string[] {
  if (statement.type !== 'ExportNamedDeclaration' || statement.source) return []
  return statement.specifiers.map(({ local }) => (local.type === 'Literal' ? local.value : local.name))
}

function namesOf(statement: Statement): string[] {
  if (statement.type === 'ExportDefaultDeclaration') return ['default']
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : (statement as Declaration)
  if (!declaration) return []
  if (declaration.type === 'VariableDeclaration') {
    return declaration.declarations.map(({ id }) => (id.type === 'Identifier' ? id.name : 'a pattern'))
  }
  return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : []
}

function hasDocComment({ text, comments }: Source, start: number): boolean {
  return comments.some(
    ({ type, value, end }) =>
      type === 'Block' && value.startsWith('*') && end <= start && /^\s*$/.test(text.slice(end, start)),
  )
}

if (import.meta.main) report('check-docs', undocumentedExports(process.cwd()))
