type Clue = readonly [language: string, pattern: RegExp]

const CLUES: readonly Clue[] = Object.freeze([
  ['python', /^(?:from [\w.]+ )?import [\w.]+(?: as \w+)?(?:, ?\w+)*$/m],
  ['python', /^\s*(?:async )?def \w+\(.*\)(?: ?->.+)?:\s*$/m],
  ['python', /^\s*(?:if|elif|else|for|while|try|except|with|class)\b.*:\s*$/m],
  ['python', /^\s*print\(.*\)$/m],
  ['sh', /^#!.*\b(?:ba|z|da)?sh\b/],
  ['sh', /^(?:pip3?|python3?|npm|npx|apt(?:-get)?|sudo|cd|mkdir|ls|echo|cat|curl|wget|git|export) \S/m],
  ['javascript', /^\s*(?:const|let) [\w{[].*=/m],
  ['javascript', /\bconsole\.log\(/],
  ['javascript', /^\s*(?:async )?function \w*\(.*\) ?\{/m],
  ['javascript', /^import .* from ['"]/m],
])

/** The language of a piece of code, if the signs of one language are there and those of no other. */
export function guessLanguage(code: string): string | undefined {
  const found = new Set(CLUES.flatMap(([language, pattern]) => (pattern.test(code) ? [language] : [])))
  return found.size === 1 ? [...found][0] : undefined
}
