import type { CodeBlock, ExecutionLimits } from 'conversable'

/**
 * A program to run, as data. In its code stand `{{FILE}}` (a file with the secret, outside), `{{OUT}}` (a folder outside
 * that must stay as it is), `{{HOME}}`, `{{PORT}}` (a server on the loopback), `{{SOCKET}}` and `{{ABSTRACT}}` (servers on
 * Unix sockets), `{{PID}}` (the host), `{{PARENT}}` (the folder that the host runs in) and `{{TOKEN}}` (a word that a
 * process is found by). A program that sees that it has got out prints ESCAPED, put together from two pieces.
 */
export interface SuiteCase {
  /** Such as `fs01`. */
  readonly id: string
  readonly what: string
  readonly blocks: readonly CodeBlock[]
  readonly limits?: Partial<ExecutionLimits>
  readonly abortAfterMs?: number
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** Whether the program may be run only where it cannot reach processes of the host. */
  readonly needsOwnProcesses?: boolean
  /** What must come of a program that is harmless, or of one that lies. */
  readonly expect?: Expected
}

/** What a program is to end with, to print last, and to leave, with the types of the files. */
export interface Expected {
  readonly exitCode?: number
  readonly output?: string
  readonly artifacts?: Readonly<Record<string, string>>
}

/** A case of one block. */
export function one(id: string, what: string, code: CodeOf): SuiteCase {
  const { limits, abortAfterMs, expect, needsOwnProcesses, files, env, filename, ...block } = code
  const [written] = Object.entries(block)
  return {
    id,
    what,
    blocks: [{ language: written?.[0] ?? '', code: String(written?.[1]), ...(filename !== undefined && { filename }) }],
    ...(limits && { limits }),
    ...(abortAfterMs !== undefined && { abortAfterMs }),
    ...(expect && { expect }),
    ...(needsOwnProcesses && { needsOwnProcesses }),
    ...(files && { files }),
    ...(env && { env }),
  }
}

/** One block by its language, with what else there is to say of the case. */
export interface CodeOf extends Omit<SuiteCase, 'id' | 'what' | 'blocks'> {
  readonly python?: string
  readonly sh?: string
  readonly bash?: string
  readonly javascript?: string
  readonly typescript?: string
  readonly filename?: string
}

/** A limit of time for programs that would go on for ever. */
export const SHORT: Partial<ExecutionLimits> = Object.freeze({ timeoutMs: 1500 })
