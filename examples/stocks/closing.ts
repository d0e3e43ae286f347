import type { ChatResult } from 'conversable'

/** How the chat ended and what it took, as a few lines. */
export function closing({ stopReason, usage }: ChatResult, isScripted: boolean): string {
  const { rule, agent, turn } = stopReason
  const { inputTokens = 'unknown', outputTokens = 'unknown', costUsd } = usage
  const cost = costUsd === undefined ? 'unknown' : `$${costUsd.toFixed(4)}`
  return [
    `Why it stopped  ${rule}, by ${agent}`,
    `Turns           ${turn}`,
    `Tokens          ${inputTokens} in, ${outputTokens} out${isScripted ? ' (a rough count of the letters)' : ''}`,
    `Cost            ${isScripted ? 'nothing was spent: the model is scripted' : cost}`,
  ].join('\n')
}
