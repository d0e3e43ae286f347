import type { CallExpression, Declaration, Directive, Expression, Node, Statement } from 'oxc-parser'
import { placeOf, report, sourcesIn, type Source } from './sources.ts'

/** A value that a module holds for as long as the program runs. */
interface Kept {
  readonly node: Node
  readonly name: string
  readonly type: Node | null | undefined
  readonly value: Expression | null
  readonly reassignable: boolean
}

/**
 * Names what a module of the core keeps and may change: `let`, collections, objects and instances at the top of a
 * file, static fields.
 *
 * A constant says so: `as const`, `Object.freeze({ … })`, `Readonly<…>`, `ReadonlyMap<…>`, `readonly string[]`.
 */
export function mutableState(root: string): string[] {
  return sourcesIn(root, 'packages/core/src').flatMap((source) =>
    source.program.body
      .flatMap(keptBy)
      .filter((kept) => kept.reassignable || (!saysReadonly(source, kept.type) && isMutable(source, kept.value)))
      .map(({ node, name }) => `${placeOf(source, node.start)} "${name}" is state of a module, and may change.`),
  )
}

function keptBy(statement: Directive | Statement): Kept[] {
  const declaration = 'declaration' in statement ? statement.declaration : (statement as Declaration)
  if (declaration?.type === 'VariableDeclaration' && !declaration.declare) {
    const reassignable = declaration.kind !== 'const'
    return declaration.declarations.map(({ id, init: value }) => {
      const name = id.type === 'Identifier' ? id.name : 'a pattern'
      return { node: declaration, name, type: id.typeAnnotation?.typeAnnotation, value, reassignable }
    })
  }
  if (declaration?.type !== 'ClassDeclaration') return []
  return declaration.body.body.flatMap((member) => {
    if (member.type !== 'PropertyDefinition' || !member.static) return []
    const { key, value, typeAnnotation, readonly } = member
    const name = 'name' in key && typeof key.name === 'string' ? key.name : 'a static field'
    return [{ node: member, name, type: typeAnnotation?.typeAnnotation, value, reassignable: !readonly }]
  })
}

function isMutable(source: Source, value: Expression | null): boolean {
  switch (value?.type) {
    case 'ArrayExpression':
    case 'ObjectExpression':
      return true
    case 'NewExpression':
      return !/^(TextEncoder$|Intl\.)/.test(textOf(source, value.callee))
    case 'CallExpression':
      return isMutableResult(source, value)
    case 'TSAsExpression':
      return !saysReadonly(source, value.typeAnnotation) && isMutable(source, value.expression)
    case 'ParenthesizedExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
      return isMutable(source, value.expression)
    default:
      return false
  }
}

function isMutableResult(source: Source, call: CallExpression): boolean {
  const made = textOf(source, call.callee)
  // Freezes the fields of an object, not the entries of a collection.
  if (made === 'Object.freeze') return call.arguments[0]?.type === 'NewExpression'
  return /^(Array\.\w+|Object\.(assign|create|fromEntries)|structuredClone)$/.test(made)
}

function saysReadonly(source: Source, type: Node | null | undefined): boolean {
  return type ? /^(const$|readonly |Readonly)/.test(textOf(source, type)) : false
}

function textOf({ text }: Source, { start, end }: Node): string {
  return text.slice(start, end)
}

if (import.meta.main) report('check-state', mutableState(process.cwd()))
