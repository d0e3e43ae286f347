import { BudgetError } from '../../errors/budget-error.ts'
import { CallbackError } from '../../errors/callback-error.ts'
import { CodeExecutorError } from '../../errors/code-executor-error.ts'
import { ConfigurationError } from '../../errors/configuration-error.ts'
import { MessageError } from '../../errors/message-error.ts'
import { ModelError } from '../../errors/model-error.ts'
import type { JsonValue } from '../../message.ts'
import { plainJson } from './plain-json.ts'

/** By name, which minifiers change in the classes themselves. */
const CLASSES: Readonly<Record<string, { readonly prototype: object }>> = Object.freeze({
  BudgetError,
  CallbackError,
  CodeExecutorError,
  ConfigurationError,
  MessageError,
  ModelError,
})

/** What a step threw, as JSON: name, message, plain fields and lists of errors, or the value that was thrown. */
export function writtenError(thrown: unknown, step: string): JsonValue {
  if (!(thrown instanceof Error)) return { value: plainJson(thrown, step) }
  const { name, message } = thrown
  const fields = Object.entries(thrown).flatMap(([field, value]): [string, JsonValue][] => {
    if (isErrors(value)) return [[field, value.map((one) => writtenError(one, step))]]
    return ['string', 'number', 'boolean'].includes(typeof value) ? [[field, value as JsonValue]] : []
  })
  return { name, message, ...Object.fromEntries(fields) }
}

function isErrors(value: unknown): value is readonly Error[] {
  return Array.isArray(value) && value.every((one) => one instanceof Error)
}

/** No other lists are written. */
function isWrittenErrors(content: JsonValue): content is readonly JsonValue[] {
  return Array.isArray(content)
}

/** The error again, of its class if that is one of this library; its cause and its stack are not on a tape. */
export function thrownAgain(written: JsonValue): unknown {
  // The tape was checked: what stands for an error is an object.
  const { message, value, ...fields } = written as { readonly [field: string]: JsonValue }
  if (typeof message !== 'string') return value
  const error = new Error(message)
  const { name } = fields
  const known = typeof name === 'string' && Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined
  if (known) Object.setPrototypeOf(error, known.prototype)
  for (const [field, content] of Object.entries(fields))
    Object.defineProperty(error, field, {
      value: isWrittenErrors(content) ? content.map(thrownAgain) : content,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  return error
}
