import type { Message } from '../message.ts'

/**
 * Where the messages begin that belong to the one at `index`: a message with calls and the one that answers it are seen
 * together or not at all. Any other message stands alone.
 */
export function unitStart(messages: readonly Message[], index: number): number {
  let start = index
  while (start > 0 && messages[start]?.toolResults && messages[start - 1]?.toolCalls) start--
  return start
}
