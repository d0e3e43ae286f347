import { checkOptions } from '../check-options.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Cancellation, Waiting } from '../ports/cancellation.ts'
import type { RateLimit, RateLimitSlot } from '../ports/rate-limit.ts'
import { quote } from '../util/quote.ts'

/** What a {@link RateLimiter} holds calls to; what is absent is not limited. */
export interface RateLimits {
  /** Calls begun within any minute. */
  readonly requestsPerMinute?: number
  /**
   * Tokens of the calls begun within any minute: a guess from the length of the request, and what the provider reports
   * as soon as it does. A call that takes more by itself is made once no other one is within its minute.
   */
  readonly tokensPerMinute?: number
  /** The shortest time between the beginnings of two calls, in milliseconds. */
  readonly minIntervalMs?: number
}

interface Call extends RateLimitSlot {
  readonly at: number
  tokens: number
}

interface Waiter extends Waiting {
  readonly tokens: number
  readonly admit: (call: Call) => void
}

const MINUTE_MS = 60_000
const NAMES = Object.freeze(['requestsPerMinute', 'tokensPerMinute', 'minIntervalMs'] as const)

/**
 * Lets calls through one after the other, first come first served, as many as the limits allow within any minute. Give
 * one limiter to all agents that share a key. It holds no timer while nobody waits.
 */
export class RateLimiter implements RateLimit {
  readonly #limits: RateLimits
  readonly #queue: Waiter[] = []
  /** Begun within the last minute, oldest first. */
  #calls: Call[] = []
  #lastAt = -Infinity
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @throws ConfigurationError if a limit is no number from 1, or if there is none. */
  constructor(limits: RateLimits) {
    checkOptions('a RateLimiter', limits, NAMES)
    for (const name of NAMES) {
      const limit: unknown = limits[name]
      if (limit === undefined || (typeof limit === 'number' && limit >= 1 && Number.isFinite(limit))) continue
      throw refuse(`A RateLimiter has ${quote(limit)} as ${name}. Give a number from 1.`)
    }
    if (NAMES.every((name) => limits[name] === undefined)) {
      throw refuse(`A RateLimiter has no limit. Give it one of ${NAMES.join(', ')}.`)
    }
    this.#limits = limits
  }

  enter(tokens: () => number, cancellation: Cancellation): Promise<RateLimitSlot> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        tokens: this.#limits.tokensPerMinute === undefined ? 0 : tokens(),
        admit: (call) => {
          cancellation.remove(waiter)
          resolve(call)
        },
        end: (reason) => {
          this.#leave(waiter)
          reject(reason)
        },
      }
      this.#queue.push(waiter)
      cancellation.add(waiter)
      this.#admit()
    })
  }

  #leave(waiter: Waiter): void {
    const index = this.#queue.indexOf(waiter)
    if (index !== -1) this.#queue.splice(index, 1)
    this.#admit()
  }

  /** Lets in who may go now, and sets the timer for the next one. */
  #admit(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (;;) {
      const [first] = this.#queue
      if (!first) return
      const now = Date.now()
      const waitMs = this.#waitFor(first.tokens, now)
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#admit(), Math.ceil(waitMs))
        return
      }
      this.#queue.shift()
      const call: Call = { at: now, tokens: first.tokens, settle: (tokens) => this.#settle(call, tokens) }
      this.#calls.push(call)
      this.#lastAt = now
      first.admit(call)
    }
  }

  #settle(call: Call, tokens: number): void {
    call.tokens = tokens
    this.#admit()
  }

  /** In milliseconds; 0 or less for at once. */
  #waitFor(tokens: number, now: number): number {
    const { requestsPerMinute = Infinity, tokensPerMinute = Infinity, minIntervalMs = 0 } = this.#limits
    this.#calls = this.#calls.filter(({ at }) => at > now - MINUTE_MS)
    let requests = this.#calls.length
    let taken = this.#calls.reduce((sum, call) => sum + call.tokens, 0)
    let until = this.#lastAt + minIntervalMs
    for (const call of this.#calls) {
      if (requests < requestsPerMinute && taken + tokens <= tokensPerMinute) break
      requests--
      taken -= call.tokens
      until = Math.max(until, call.at + MINUTE_MS)
    }
    return until - now
  }
}

function refuse(message: string): ConfigurationError {
  return new ConfigurationError('invalid-option', message)
}
