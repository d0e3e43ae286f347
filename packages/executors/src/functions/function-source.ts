/** What is seen of a Python function without running Python. */
export interface FunctionSource {
  readonly name: string
  /** From `def` or `async def` to the colon. */
  readonly signature: string
  /** As it stands in the source, with its quotes and the spaces in front of it. */
  readonly docstring?: string
}

const STRING = String.raw`"""(?:\\[^]|[^\\])*?"""|'''(?:\\[^]|[^\\])*?'''|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'`
const HEAD = /^(?:async[ \t]+)?def[ \t]+([\p{L}_][\p{L}\p{N}_]*)/mu

/** Reads the first function of a source; nothing if there is none. Whether it is right Python is not looked at. */
export function readFunction(source: string): FunctionSource | undefined {
  const head = HEAD.exec(source)
  const [, name] = head ?? []
  if (!head || name === undefined) return undefined
  const end = endOfSignature(source, head.index)
  if (end === undefined) return undefined
  const signature = source.slice(head.index, end)
  const docstring = docstringAt(source, end)
  return { name, signature, ...(docstring !== undefined && { docstring }) }
}

/** Where the first colon has ended that stands in no bracket, string or comment. */
function endOfSignature(source: string, start: number): number | undefined {
  let depth = 0
  const tokens = new RegExp(String.raw`#.*|${STRING}|[()[\]{}:]`, 'g')
  tokens.lastIndex = start
  for (let token = tokens.exec(source); token; token = tokens.exec(source)) {
    if ('([{'.includes(token[0])) depth += 1
    else if (')]}'.includes(token[0])) depth -= 1
    else if (token[0] === ':' && depth === 0) return tokens.lastIndex
  }
  return undefined
}

function docstringAt(source: string, start: number): string | undefined {
  const begin = endOf(String.raw`(?:\s|#.*)*`, source, start) ?? start
  const end = endOf(String.raw`[rRuU]?(?:${STRING})(?=[ \t]*(?:[\r\n;#]|$))`, source, begin)
  if (end === undefined) return undefined
  const indent = source.slice(source.lastIndexOf('\n', begin) + 1, begin)
  return (indent.trim() === '' ? indent : '    ') + source.slice(begin, end)
}

/** Where a match at that very place ends, if there is one. */
function endOf(pattern: string, source: string, at: number): number | undefined {
  const expression = new RegExp(pattern, 'y')
  expression.lastIndex = at
  return expression.test(source) ? expression.lastIndex : undefined
}
