import type { z } from 'zod'

/** What a provider says to a request that breaks one of its rules. */
export class Refusal extends Error {
  readonly status: number

  constructor(message: string, status = 400) {
    super(message)
    this.name = 'Refusal'
    this.status = status
  }
}

/** @throws Refusal with the words of the provider, unless the rule is kept. */
export function must(kept: boolean, words: string): asserts kept {
  if (!kept) throw new Refusal(words)
}

/** A body in its form. @throws Refusal naming the field that is not. */
export function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new Refusal(`Invalid value at '${issue?.path.join('.')}': ${issue?.message}`)
}
