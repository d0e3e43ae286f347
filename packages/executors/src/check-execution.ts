import { ConfigurationError, type CodeBlock } from 'conversable'
import { quote } from './quote.ts'

/**
 * Refuses options that nobody knows.
 *
 * @throws ConfigurationError
 */
export function checkOptions(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw refused(`The options of ${owner} are ${quote(options)}. Give an object.`)
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const message = `${owner} has no option ${quote(name)}. It knows ${known.join(', ')}.`
    throw new ConfigurationError('unknown-option', message)
  }
}

/**
 * Refuses what is no list of code blocks.
 *
 * @throws ConfigurationError
 */
export function checkBlocks(blocks: unknown, example = 'javascript'): void {
  if (!Array.isArray(blocks)) {
    throw refused(`The blocks to run are ${quote(blocks)}. Give a list, as in [{ language: '${example}', code }].`)
  }
  for (const block of blocks as readonly Partial<CodeBlock>[]) {
    if (typeof block?.language === 'string' && typeof block.code === 'string') continue
    throw refused(`A block to run is ${quote(block)}. Give language and code, as in { language: '${example}', code }.`)
  }
}

/** An option that cannot work, as an error. */
export function refused(message: string): ConfigurationError {
  return new ConfigurationError('invalid-option', message)
}

/**
 * Refuses variables that change what a program's own starter loads, and names that are none.
 *
 * @throws ConfigurationError
 */
export function checkEnv(env: unknown): void {
  if (env === undefined) return
  if (typeof env !== 'object' || env === null) throw refused(`The env of a run is ${quote(env)}. Give an object.`)
  for (const [name, value] of Object.entries(env)) {
    if (!/^[A-Za-z_]\w*$/.test(name) || name.startsWith('LD_')) {
      throw refused(
        `The env of a run has a variable ${quote(name)}. Give names of letters, digits and _, and none of LD_….`,
      )
    }
    if (typeof value !== 'string' || value.includes('\0')) {
      throw refused(`The env of a run has ${quote(value)} as ${name}. Give a text.`)
    }
  }
}
