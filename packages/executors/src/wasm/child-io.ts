import { deno } from './deno.ts'
import { lineOf, outputFrames, type ChildFrame, type HostFrame } from './frames.ts'

// Taken before a program can have changed them.
const write = deno.stdout.writeSync.bind(deno.stdout)
const exit = deno.exit.bind(deno)
const encode = TextEncoder.prototype.encode.bind(new TextEncoder())
const { stringify } = JSON

/** Says something to the host. Waits until it is written: a program that prints faster than it is read is held up. */
export function send(frame: ChildFrame): void {
  writeAll(encode(lineOf(frame)))
}

/** Says that a program may have changed this process, by means that it has not changed yet. */
export function sayTouched(by: string): void {
  writeAll(encode(`\u001e${stringify(['touched', by])}\n`))
}

function writeAll(bytes: Uint8Array): void {
  try {
    for (let sent = 0; sent < bytes.length;) sent += write(bytes.subarray(sent))
  } catch {
    // Nobody reads any more.
    exit(1)
  }
}

/** Gives what prints on a stream: bytes, whose characters may be cut anywhere. */
export function printer(stream: 'stdout' | 'stderr'): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder()
  return (bytes) => {
    for (const frame of outputFrames(stream, decoder.decode(bytes, { stream: true }))) send(frame)
  }
}

/** What the host says, frame by frame. Comes to its end when the host is gone. */
export async function* requests(): AsyncGenerator<HostFrame, void, undefined> {
  const decoder = new TextDecoder()
  let rest: string[] = []
  for await (const chunk of deno.stdin.readable) {
    const [first = '', ...lines] = decoder.decode(chunk, { stream: true }).split('\n')
    rest.push(first)
    for (const line of lines) {
      // The host is trusted: it says nothing else.
      yield JSON.parse(rest.join('').slice(1)) as HostFrame
      rest = [line]
    }
  }
}
