import type { ModelSource } from '../ports/model.ts'
import type { TokenCounter } from '../ports/token-counter.ts'
import { bytesOf } from '../util/bytes-of.ts'

/** Counts the tokens of one text without special tokens; of the optional package `gpt-tokenizer`. */
type CountTokens = (text: string, options: { readonly disallowedSpecial: ReadonlySet<string> }) => number

/** How many letters are counted at once: a tokenizer takes more than twice as long for a word that is twice as long. */
const PIECE = 1_024

/** Bounds the tokens of a text by its bytes in UTF-8: a token stands for one byte or more. */
export const byteCounter: TokenCounter = Object.freeze({ count: bytesOf })

/**
 * The counter for a model: the tokenizer of OpenAI's models (the package `gpt-tokenizer`, loaded when it is first
 * needed), told by the model's name; for all others, and where that package is not installed, the number of bytes, which
 * is never too low and about four times too high for English.
 */
export async function tokenCounterFor(model: ModelSource): Promise<TokenCounter> {
  const encoding = encodingOf(typeof model === 'string' ? model : model.modelId)
  const countTokens = encoding && (await loadTokenizer(encoding))
  return countTokens ? pieceCounter(countTokens) : byteCounter
}

/** The encoding of OpenAI's models. Rules, not a list: new models of the family have kept the newest one. */
export function encodingOf(modelId: string): 'cl100k_base' | 'o200k_base' | undefined {
  if (/\bgpt-(?:3\.5|35|4(?![\d.o]))/i.test(modelId)) return 'cl100k_base'
  return /\b(?:chat)?gpt-|\bo[1-9]\b/i.test(modelId) ? 'o200k_base' : undefined
}

async function loadTokenizer(encoding: string): Promise<CountTokens | undefined> {
  // In a variable, so that bundlers and compilers leave an optional package alone.
  const path = `gpt-tokenizer/encoding/${encoding}`
  try {
    const { countTokens } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ path)) as {
      readonly countTokens?: CountTokens
    }
    return countTokens
  } catch {
    return undefined
  }
}

/**
 * Counts piece by piece, cut in front of a word wherever there is one, which changes nothing: no token reaches over the
 * beginning of a word. Text that looks like a special token is text.
 */
function pieceCounter(countTokens: CountTokens): TokenCounter {
  const asText = { disallowedSpecial: new Set<string>() }
  return {
    count(text, stopAt = Infinity) {
      if (text.length <= PIECE) return countTokens(text, asText)
      let tokens = 0
      for (let start = 0; start < text.length && tokens <= stopAt;) {
        const end = pieceEnd(text, start)
        tokens += countTokens(text.slice(start, end), asText)
        start = end
      }
      return tokens
    },
  }
}

/** The last beginning of a word (a space between two letters) in the next piece, or a hard end. */
function pieceEnd(text: string, start: number): number {
  const end = start + PIECE
  if (end >= text.length) return text.length
  for (let at = end; at > start + PIECE / 2; at--) {
    if (text[at] === ' ' && isLetter(text.charCodeAt(at - 1)) && isLetter(text.charCodeAt(at + 1))) return at
  }
  const splitsPair = (text.charCodeAt(end) & 0xfc00) === 0xdc00
  return splitsPair ? end - 1 : end
}

function isLetter(code: number): boolean {
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x7a
}
