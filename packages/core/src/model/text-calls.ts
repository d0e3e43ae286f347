import { parseArguments } from '../tools/arguments.ts'
import { parseJson } from '../util/parse-json.ts'

/** A piece of an answer: text to show, or a call with its arguments as JSON. */
export type AnswerPiece = { readonly text: string } | TextCall

/** A call that was written as text. */
export interface TextCall {
  readonly name: string
  readonly arguments: string
}

/** A block of lines that has begun. */
interface Block {
  /** Whether its JSON is meant as a call, is one if it names a tool, or is shown whatever it says. */
  readonly kind: 'call' | 'json' | 'shown'
  /** Ends it, somewhere in a line for tags, alone in a line for fences. */
  readonly closing: RegExp
  /** As it was written, its first line included. */
  written: string
  /** What stands inside. */
  inside: string
}

/** A fence and its info; or a tag, which some models were taught to use. */
const FENCE = /^[ \t]*(`{3,}|~{3,})([^`\n]*)\n?$/
const TAG = /^[ \t]*<(tool_call|think)>/
/** A line that may yet become one of them. */
const MAY_OPEN = /^[ \t]*(?:$|[`~<])/

/** Finds calls in an answer that is still being written, and says at once what is surely text. */
export class TextCallReader {
  readonly #tools: ReadonlySet<string>
  #pieces: AnswerPiece[] = []
  /** The line that is being written, as far as it was not shown. */
  #line = ''
  /** Whether the beginning of that line was shown. */
  #inLine = false
  #block: Block | undefined
  /** Space that belongs to the text if text follows, and to a call if one does. */
  #space = ''

  /** @param tools - Names of the tools on offer. */
  constructor(tools: readonly string[]) {
    this.#tools = new Set(tools)
  }

  /** Takes the next piece of the answer and gives what is known by now. */
  push(text: string): AnswerPiece[] {
    const lines = (this.#line + text).split(/(?<=\n)/)
    this.#line = lines.at(-1)?.endsWith('\n') ? '' : (lines.pop() ?? '')
    for (const line of lines) this.#take(line)
    const shown = this.#inLine || (!this.#block && !MAY_OPEN.test(this.#line))
    if (shown && this.#line !== '') {
      this.#show(this.#line)
      this.#inLine = true
      this.#line = ''
    }
    return this.#given()
  }

  /** Gives what was held back. A block that was never closed is a call if it can be one. */
  end(): AnswerPiece[] {
    if (this.#line !== '') this.#take(this.#line)
    this.#line = ''
    if (this.#block) this.#close(this.#block)
    if (this.#space !== '') this.#pieces.push({ text: this.#space })
    return this.#given()
  }

  #given(): AnswerPiece[] {
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }

  #take(line: string): void {
    const block = this.#block
    if (this.#inLine) {
      this.#inLine = false
      this.#show(line)
    } else if (!block) this.#open(line)
    else this.#continue(block, line)
  }

  #open(line: string): void {
    const fence = FENCE.exec(line)
    const tag = TAG.exec(line)
    if (fence) {
      const [, marks = '', info = ''] = fence
      const closing = new RegExp(`^[ \\t]*${marks}${marks[0]}*[ \\t]*\\n?$`)
      this.#block = { kind: kindOf(info.trim()), closing, written: line, inside: '' }
    } else if (tag) {
      const [opening, name] = tag
      const kind = name === 'think' ? 'shown' : 'call'
      this.#block = { kind, closing: new RegExp(`</${name}>`), written: opening, inside: '' }
      if (kind === 'shown') this.#show(opening)
      return this.#continue(this.#block, line.slice(opening.length))
    } else this.#show(line)
    if (this.#block?.kind === 'shown') this.#show(line)
  }

  #continue(block: Block, line: string): void {
    const end = block.closing.exec(line)
    if (block.kind === 'shown') {
      this.#show(line)
      if (end) this.#block = undefined
      return
    }
    const upTo = end ? end.index + end[0].length : line.length
    block.inside += line.slice(0, end?.index ?? upTo)
    block.written += line.slice(0, upTo)
    if (!end) return
    this.#close(block)
    if (upTo < line.length) this.#show(line.slice(upTo))
  }

  #close(block: Block): void {
    this.#block = undefined
    const calls = callsIn(block.inside)
    const known = block.kind === 'call' || calls.every(({ name }) => this.#tools.has(name))
    if (calls.length === 0 || !known || block.kind === 'shown') {
      if (block.kind !== 'shown') this.#show(block.written)
      return
    }
    this.#space = ''
    this.#pieces.push(...calls)
  }

  #show(text: string): void {
    const shown = (this.#space + text).trimEnd()
    this.#space = (this.#space + text).slice(shown.length)
    if (shown !== '') this.#pieces.push({ text: shown })
  }
}

function kindOf(info: string): Block['kind'] {
  if (info === 'tool_call' || info === 'tool_calls') return 'call'
  return info === 'json' || info === '' ? 'json' : 'shown'
}

/** The calls that JSON tells; none if it tells anything else. */
function callsIn(json: string): TextCall[] {
  const mended = parseArguments(json)
  const value = parseJson(json) ?? ('value' in mended ? mended.value : undefined)
  const calls = (Array.isArray(value) ? value : [value]).map(callOf)
  return calls.every((call) => call !== undefined) ? calls : []
}

function callOf(value: unknown): TextCall | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { name, arguments: given, parameters = {} } = value as Readonly<Record<string, unknown>>
  if (typeof name !== 'string') return undefined
  const args = given ?? parameters
  return { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) }
}
