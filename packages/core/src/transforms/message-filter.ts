import { checkOptions } from '../check-options.ts'
import type { Message } from '../message.ts'

/** Which messages a transform leaves alone, or is kept to. */
export interface MessageFilterOptions {
  /** Messages by these names. */
  readonly filterDict?: { readonly name: readonly string[] }
  /** Whether these messages are left alone (`true`, the default), or all others. */
  readonly excludeFilter?: boolean
}

/** The options of a filter, to be known by the transform that has one. */
export const FILTER_OPTIONS: readonly string[] = Object.freeze(['filterDict', 'excludeFilter'])

/** A test of whether a message is to be changed; without a filter every message is. */
export function messageFilter(owner: string, options: MessageFilterOptions): (message: Message) => boolean {
  const { filterDict, excludeFilter = true } = options
  if (!filterDict) return () => true
  checkOptions(`the filterDict of ${owner}`, filterDict, ['name'])
  const names = new Set(filterDict.name)
  return (message) => names.has(message.name) !== excludeFilter
}
