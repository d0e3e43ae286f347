import type { CodeBlock } from './code-block.ts'

/** What is to become of code: it runs as it is, other blocks run in its place, or nothing runs. */
export type CodeDecision =
  | { readonly decision: 'allow' }
  | { readonly decision: 'edit'; readonly blocks: readonly CodeBlock[] }
  /** The reason is told to whoever wrote the code. */
  | { readonly decision: 'refuse'; readonly reason: string }
