import { ConfigurationError } from '../errors/configuration-error.ts'
import { quote } from '../util/quote.ts'

const VALID = /^[\w-]{1,64}$/

/**
 * Refuses a tool name that models do not accept.
 *
 * @throws ConfigurationError `invalid-tool` unless it is 1 to 64 letters, digits, `_` and `-`.
 */
export function assertToolName(name: unknown): asserts name is string {
  if (typeof name === 'string' && VALID.test(name)) return
  throw new ConfigurationError(
    'invalid-tool',
    `The tool name ${quote(name)} is not allowed. Use 1 to 64 letters, digits, "_" and "-", as in "get_rate".`,
  )
}

/** A name as a model wrote it, made valid: other characters become `_`, and 64 are kept. */
export function validName(name: string): string {
  return VALID.test(name) ? name : name.replace(/[^\w-]/g, '_').slice(0, 64)
}
