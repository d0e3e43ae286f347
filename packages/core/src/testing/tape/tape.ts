import type { JsonValue } from '../../message.ts'

/** A recorded run, as plain JSON: all that went in and came out, in the order in which it happened. */
export interface Tape {
  readonly format: 'conversable-tape'
  readonly version: 1
  /** What the clock said each time, in milliseconds since 1970. */
  readonly clock?: readonly number[]
  /** What chance gave each time. */
  readonly chance?: readonly number[]
  readonly steps: readonly TapeEntry[]
}

/** A step; or, of steps that ran side by side, a piece of one, up to where another went on. */
export interface TapeEntry {
  /** Its key, with `#2` behind it the second time, and so on. */
  readonly step: string
  /** Who acts. This and the input are in the first piece. */
  readonly agent?: string
  readonly input?: JsonValue
  readonly events?: readonly TapeEvent[]
  /** This, or an error, is in the last piece. */
  readonly result?: JsonValue
  readonly error?: JsonValue
}

/** An event of a step; `at` is its place, where that is not the place of the step. */
export type TapeEvent = { readonly type: string; readonly [field: string]: JsonValue | undefined }
