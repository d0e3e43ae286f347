import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { ModelError } from '../errors/model-error.ts'
import type { Waiting } from '../ports/cancellation.ts'
import { assertFinished, unfinished } from './answer-end.ts'
import type { AttemptObserver } from './attempt-log.ts'
import type { CallContext } from './call-context.ts'
import type { ModelCall, TakePart } from './model-call.ts'

/** How long an answer may take. */
export interface Deadlines {
  /** The longest silence of the model, before its first part and between two, in milliseconds. Default 120 000. */
  readonly idleTimeoutMs?: number
  /** The longest time for one answer, each try by itself, in milliseconds. Default 600 000. */
  readonly timeoutMs?: number
}

/** For a model that may take as long as it likes. */
const NO_DEADLINES: Deadlines = Object.freeze({ idleTimeoutMs: Infinity, timeoutMs: Infinity })

/** How often the clock is looked at within the time that a model may be silent: so it may be that part longer. */
const LOOKS = 8

/**
 * A model as a call: the only place in which a provider's stream is read. It ends with its run, or when it takes too
 * long or falls silent, whether the provider listens or not.
 */
export function callOf(
  model: LanguageModelV4,
  modelId = `${model.provider}/${model.modelId}`,
  deadlines: Deadlines = NO_DEADLINES,
): ModelCall {
  return (options, take, context) => new StreamedAnswer({ modelId, deadlines, take, context }).ask(model, options)
}

interface Asked {
  readonly modelId: string
  readonly deadlines: Deadlines
  readonly take: TakePart
  readonly context: CallContext
}

class StreamedAnswer implements Waiting {
  readonly #asked: Asked
  readonly #controller = new AbortController()
  #reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart> | undefined
  #attempt: AttemptObserver | undefined
  #resolve: ((nothing: undefined) => void) | undefined
  #reject: ((reason: unknown) => void) | undefined
  /** What came before the model had said anything. */
  #held: LanguageModelV4StreamPart[] | undefined = []
  #isFinished = false
  #isCutOff = false
  #startedAt: number | undefined
  #silentSince = 0
  /** Whether there was a sign of life since the clock was last looked at, which takes longer than to note one. */
  #isAlive = true

  constructor(asked: Asked) {
    this.#asked = asked
  }

  ask(model: LanguageModelV4, options: LanguageModelV4CallOptions): Promise<undefined> {
    const { context, modelId } = this.#asked
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      context.cancellation.add(this)
      if (this.#isCutOff) return
      this.#attempt = context.attempts?.begin(modelId)
      void this.#read(model, options)
    })
  }

  /** The run was cancelled, or a deadline has passed. */
  end(reason: unknown): void {
    this.#isCutOff = true
    this.#controller.abort(reason)
    this.#leave(reason)
    this.#reject?.(reason)
  }

  lookAgainAt(now: number): number {
    const { idleTimeoutMs = 120_000, timeoutMs = 600_000 } = this.#asked.deadlines
    this.#startedAt ??= now
    if (this.#isAlive) this.#silentSince = now
    this.#isAlive = false
    const idleUntil = this.#silentSince + idleTimeoutMs
    const until = this.#startedAt + timeoutMs
    if (now >= until) return this.#giveUp(`took longer than ${timeoutMs} ms (timeoutMs).`)
    if (now >= idleUntil) return this.#giveUp(`said nothing for ${idleTimeoutMs} ms (idleTimeoutMs).`)
    return Math.min(idleUntil, until, now + idleTimeoutMs / LOOKS)
  }

  /** Reads on to the end of the answer, and says what came of it. */
  async #read(model: LanguageModelV4, options: LanguageModelV4CallOptions): Promise<void> {
    try {
      const { stream } = await model.doStream({ ...options, abortSignal: this.#controller.signal })
      const reader = stream.getReader()
      this.#reader = reader
      this.#attempt?.begun()
      while (!this.#isCutOff) {
        const { done, value } = await reader.read()
        if (done) break
        this.#hear(value)
      }
      if (!this.#isFinished) throw unfinished(this.#asked.modelId, { isEmpty: this.#held !== undefined })
      this.#resolve?.(undefined)
    } catch (error) {
      this.#leave(error)
      this.#reject?.(error)
    } finally {
      this.#asked.context.cancellation.remove(this)
    }
  }

  #hear(part: LanguageModelV4StreamPart): void {
    if (this.#isCutOff) return
    this.#isAlive = true
    const { modelId, take } = this.#asked
    if (part.type === 'error') throw part.error
    if (part.type === 'finish') {
      assertFinished(part, modelId, { isEmpty: this.#held !== undefined })
      this.#isFinished = true
    }
    if (!this.#held) return take(part, modelId)
    this.#held.push(part)
    if (!saysSomething(part)) return
    const held = this.#held
    this.#held = undefined
    for (const one of held) take(one, modelId)
  }

  #giveUp(problem: string): number {
    this.#asked.context.cancellation.remove(this)
    this.end(new ModelError(problem, { modelId: this.#asked.modelId, kind: 'timeout', retryable: true }))
    return Infinity
  }

  /** Nobody reads on. */
  #leave(reason: unknown): void {
    this.#attempt?.failed(reason)
    // A stream that has failed has nothing more to say.
    this.#reader?.cancel(reason).catch(() => {})
  }
}

/** Whether a part can be seen by whoever reads the answer, or ends it. */
function saysSomething(part: LanguageModelV4StreamPart): boolean {
  switch (part.type) {
    case 'text-delta':
    case 'reasoning-delta':
      return part.delta !== ''
    case 'stream-start':
    case 'response-metadata':
    case 'text-start':
    case 'text-end':
    case 'reasoning-start':
    case 'reasoning-end':
    case 'custom':
    case 'ping':
    case 'raw':
    case 'error':
      return false
    default:
      return true
  }
}
