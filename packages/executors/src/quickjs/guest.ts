// This file runs inside the engine, in front of each program: it imports nothing, and knows nothing but its `host`.

/** The name that the host gives this file: such lines are left out of stack traces. */
const OWN_LINE = /\(host:/

/** How long a piece of text is that is handed to the host at once. */
const PIECE = 64 * 1024
const MOST_ENTRIES = 100
const DEEPEST = 5
const WIDTH = 76

// Programs may replace these; what they print should still come out.
const { parse, stringify } = JSON

/** Answers a request, a JSON array, with `["ok", value]` or `["error", message]`. */
type Host = (request: string) => string

/**
 * Gives programs `console`, `readFile` and `writeFile`.
 *
 * @returns What prints an error that nobody caught, and gives its message if it is the engine's own. A `null`, which the
 *   engine throws when no memory at all is left, is not printed.
 */
export function install(host: Host): (error: unknown) => string {
  const ask = (request: readonly unknown[]): string => {
    // The host answers nothing else.
    const answer = parse(host(stringify(request))) as readonly ['ok' | 'error', string]
    if (answer[0] === 'error') throw new Error(answer[1])
    return answer[1]
  }
  const print = (stream: 'stdout' | 'stderr', text: string): void => {
    for (let from = 0; from < text.length; from += PIECE) ask(['print', stream, text.slice(from, from + PIECE)])
  }
  const printer =
    (stream: 'stdout' | 'stderr') =>
    (...values: readonly unknown[]) =>
      print(stream, lineOf(values))
  const out = printer('stdout')
  const err = printer('stderr')
  const console = { log: out, info: out, debug: out, table: out, dir: out, warn: err, error: err, trace: err }
  Object.assign(globalThis, { console, readFile: fileReader(ask), writeFile: fileWriter(ask) })
  return (error) => {
    if (error === null) return 'null'
    print('stderr', `${error instanceof Error ? '' : 'Uncaught '}${inspect(error)}\n`)
    return error instanceof Error && error.name === 'InternalError' ? error.message : ''
  }
}

type Ask = (request: readonly unknown[]) => string

function fileReader(ask: Ask): (name: unknown) => string {
  return function readFile(name) {
    if (typeof name !== 'string') throw new TypeError(`readFile: the name is ${inspect(name)}. Give a text.`)
    const pieces: string[] = []
    do pieces.push(ask(['read', name, pieces.length * PIECE]))
    while (pieces[pieces.length - 1]?.length === PIECE)
    return pieces.join('')
  }
}

function fileWriter(ask: Ask): (name: unknown, text: unknown) => void {
  return function writeFile(name, text) {
    if (typeof name !== 'string') throw new TypeError(`writeFile: the name is ${inspect(name)}. Give a text.`)
    if (typeof text !== 'string') {
      throw new TypeError(`writeFile: the content of "${name}" is ${inspect(text)}. Give a text, as of JSON.stringify.`)
    }
    for (let from = 0; from === 0 || from < text.length; from += PIECE) {
      ask(['write', name, text.slice(from, from + PIECE), from === 0])
    }
  }
}

/** What `console.log` prints: texts as they are, other values as they are written, `%s`, `%d` and the like filled in. */
export function lineOf(values: readonly unknown[]): string {
  let rest = values
  let line = ''
  const [first] = values
  if (typeof first === 'string' && values.length > 1 && first.includes('%')) {
    rest = values.slice(1)
    line = first.replace(/%([sdifjoOc%])/g, (spec: string, letter: string) => {
      if (letter === '%') return '%'
      if (rest.length === 0) return spec
      const [value] = rest
      rest = rest.slice(1)
      return filledIn(letter, value)
    })
    if (rest.length === 0) return `${line}\n`
    line += ' '
  }
  return `${line}${rest.map(shown).join(' ')}\n`
}

function filledIn(letter: string, value: unknown): string {
  if (letter === 'c') return ''
  if (letter === 'j') return stringify(value)
  if (letter === 'd') return String(Number(value))
  if (letter === 'i') return String(Math.trunc(Number(value)))
  if (letter === 'f') return String(parseFloat(String(value)))
  return letter === 's' ? shown(value) : inspect(value)
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value)
}

/** A value as a programmer would write it, as far as a few lines can show it. */
export function inspect(value: unknown, above: readonly object[] = []): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return nameOfFunction(value)
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  if (above.includes(value)) return '[Circular]'
  try {
    return inspectObject(value, above)
  } catch {
    // A getter or a proxy that throws.
    return '[object that cannot be shown]'
  }
}

function quoted(text: string): string {
  const json = stringify(text)
  return text.includes("'") ? json : `'${json.slice(1, -1).replaceAll('\\"', '"')}'`
}

function nameOfFunction(value: { readonly name: string }): string {
  const kind = Function.prototype.toString.call(value).startsWith('class') ? 'class' : 'Function'
  return value.name === '' ? `[${kind} (anonymous)]` : `[${kind}: ${value.name}]`
}

function inspectObject(value: object, above: readonly object[]): string {
  if (value instanceof Error) return inspectError(value, above)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof RegExp) return String(value)
  if (value instanceof Promise) return 'Promise {}'
  const boxed = /^\[object (Number|String|Boolean)\]$/.exec(Object.prototype.toString.call(value))
  if (boxed) return `[${boxed[1]}: ${inspect(value.valueOf())}]`
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
  const title = titleOf(value)
  if (above.length >= DEEPEST) return isList ? '[Array]' : `[${title.trim() || 'Object'}]`
  const inner = [...above, value]
  // A typed array is a list of numbers.
  const list = isList ? (value as readonly unknown[]) : []
  if (isList) return title + bracketed(itemsOf(list, inner), '[', ']')
  return title + bracketed([...membersOf(value, inner), ...propertiesOf(value, inner)], '{', '}')
}

/** An error with its stack, which names the program's own lines only, and with what caused it. */
function inspectError(error: Error, above: readonly object[]): string {
  const lines = typeof error.stack === 'string' ? error.stack.split('\n') : []
  const own = lines.filter((line) => line.trim() !== '' && !OWN_LINE.test(line))
  // The program itself and a function without a name are known by their place alone.
  const stack = own.map((line) => line.replace(/at <(?:eval|anonymous)> \((.*)\)$/, 'at $1'))
  const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: unknown }
  const inner = [...above, error]
  return [
    `${error.name}: ${error.message}`,
    ...stack,
    ...(cause === undefined ? [] : [`  [cause]: ${indented(inspect(cause, inner))}`]),
    ...(Array.isArray(errors) ? [`  [errors]: ${indented(inspect(errors, inner))}`] : []),
  ].join('\n')
}

function titleOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null) return '[Object: null prototype] '
  const name = value.constructor?.name ?? ''
  if (value instanceof Map || value instanceof Set) return `${name}(${value.size}) `
  if (ArrayBuffer.isView(value) && 'length' in value) return `${name}(${String(value.length)}) `
  if (value instanceof ArrayBuffer) return `${name}(${value.byteLength} bytes) `
  return name === 'Object' || name === 'Array' || name === '' ? '' : `${name} `
}

function itemsOf(list: readonly unknown[], above: readonly object[]): string[] {
  const items = Array.from({ length: Math.min(list.length, MOST_ENTRIES) }, (_none, index) =>
    inspect(list[index], above),
  )
  return [...items, ...more(list.length, 'items')]
}

function membersOf(value: object, above: readonly object[]): string[] {
  const entries: string[] = []
  if (!(value instanceof Map || value instanceof Set)) return entries
  for (const member of value) {
    if (entries.length === MOST_ENTRIES) break
    // The iterator of a map gives pairs.
    const [key, content] = value instanceof Map ? (member as readonly [unknown, unknown]) : [member, undefined]
    entries.push(value instanceof Map ? `${inspect(key, above)} => ${inspect(content, above)}` : inspect(key, above))
  }
  return [...entries, ...more(value.size, 'entries')]
}

function propertiesOf(value: object, above: readonly object[]): string[] {
  const keys = Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))
  const entries = keys.slice(0, MOST_ENTRIES).map((key) => {
    const property = Object.getOwnPropertyDescriptor(value, key)
    const content = property?.get ? '[Getter]' : inspect(property?.value, above)
    return `${keyOf(key)}: ${content}`
  })
  return [...entries, ...more(keys.length, 'properties')]
}

function keyOf(key: string | symbol): string {
  if (typeof key === 'symbol') return `[${String(key)}]`
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)
}

function more(count: number, what: string): string[] {
  return count > MOST_ENTRIES ? [`... ${count - MOST_ENTRIES} more ${what}`] : []
}

/** On one line if there is room, short entries side by side, otherwise one entry a line. */
function bracketed(entries: readonly string[], open: string, close: string): string {
  if (entries.length === 0) return open + close
  const line = entries.join(', ')
  if (line.length <= WIDTH && !line.includes('\n')) return `${open} ${line} ${close}`
  const short = entries.every((entry) => entry.length <= 24 && !entry.includes('\n'))
  const lines = short ? sideBySide(entries) : entries
  return `${open}\n${lines.map((each) => `  ${indented(each)}`).join(',\n')}\n${close}`
}

function sideBySide(entries: readonly string[]): string[] {
  const lines: string[] = []
  for (const entry of entries) {
    const last = lines[lines.length - 1]
    if (last === undefined || last.length + entry.length + 2 > WIDTH) lines.push(entry)
    else lines[lines.length - 1] = `${last}, ${entry}`
  }
  return lines
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n  ')
}
