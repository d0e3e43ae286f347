import type { JsonValue } from '../../message.ts'
import { TapeError } from './tape-error.ts'

/**
 * A value as JSON gives it back; nothing at all is `null`.
 *
 * @throws TapeError naming the step when JSON cannot write the value.
 */
export function plainJson(value: unknown, step: string): JsonValue {
  try {
    // What JSON gives back is JSON.
    return JSON.parse(JSON.stringify(value) ?? 'null') as JsonValue
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new TapeError(
      `The step "${step}" cannot be kept on a tape: ${problem}. Let it give data that JSON can write.`,
      {
        step,
        cause: error,
      },
    )
  }
}

/** Reads the inputs of steps as JSON. What stands in several lists, as a message in the prompts behind it, is read once. */
export class InputReader {
  readonly #known = new WeakMap<object, JsonValue>()

  /** @throws TapeError */
  read(input: unknown, step: string): JsonValue {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return plainJson(input, step)
    const fields = Object.entries(input).flatMap(([name, value]: [string, unknown]): [string, JsonValue][] => {
      if (value === undefined) return []
      return [[name, Array.isArray(value) ? value.map((item) => this.#item(item, step)) : plainJson(value, step)]]
    })
    return Object.fromEntries(fields)
  }

  #item(item: unknown, step: string): JsonValue {
    if (typeof item !== 'object' || item === null) return plainJson(item, step)
    const known = this.#known.get(item)
    if (known !== undefined) return known
    const read = plainJson(item, step)
    this.#known.set(item, read)
    return read
  }
}
