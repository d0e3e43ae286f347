import type { ExecutionEnd } from 'conversable'
import type { BlockTurn } from '../run-blocks.ts'
import { displayed } from './display.ts'
import type { CellWatcher } from './kernel-client.ts'
import type { Content } from './message.ts'

/** Where a cell's input comes from, and where goes what it displays. */
export interface CellSurroundings {
  /** Gives a line of input, each time another. Without it a program that asks for input fails. */
  readonly readLine: (() => string) | undefined
  /** Saves what was displayed. Gives the path that programs find it at. */
  readonly save: (name: string, content: string | Uint8Array) => Promise<string>
}

/** How much may be displayed in one block. */
const MOST_DISPLAYS = 200
const MOST_DISPLAYED_BYTES = 32 * 1024 * 1024

/** Takes what a cell prints and displays, until it is too much. */
export class CellOutput {
  readonly watcher: CellWatcher
  readonly #around: CellSurroundings
  readonly #turn: BlockTurn
  readonly #onOver: (limit: ExecutionEnd) => void
  #writing: Promise<void> = Promise.resolve()
  #displays = 0
  #bytes = 0
  #isMute = false

  constructor(around: CellSurroundings, turn: BlockTurn, onOver: (limit: ExecutionEnd) => void) {
    this.#around = around
    this.#turn = turn
    this.#onOver = onOver
    this.watcher = {
      onStream: (stream, text) => this.#inTurn(() => this.#print(stream, text)),
      onDisplay: (data) => this.#inTurn(() => this.#display(data)),
      ...(around.readLine && { onInput: around.readLine }),
    }
  }

  /** Done when all that has come so far is out. */
  async written(): Promise<void> {
    await this.#writing
  }

  /** Takes no more. */
  mute(): void {
    this.#isMute = true
  }

  /** Files are written meanwhile: what comes later waits. */
  #inTurn(write: () => void | Promise<void>): void {
    this.#writing = this.#writing.then(() => (this.#isMute ? undefined : write())).catch(() => {})
  }

  #print(stream: 'stdout' | 'stderr', text: string): void {
    if (!this.#turn.onOutput(stream, text)) return
    this.mute()
    this.#onOver('output')
  }

  async #display(data: Content): Promise<void> {
    const values = displayed(data)
    this.#displays += 1
    this.#bytes += values.reduce((sum, { mime, value }) => sum + mime.length + value.length, 0)
    if (this.#displays > MOST_DISPLAYS || this.#bytes > MOST_DISPLAYED_BYTES) {
      this.mute()
      return this.#onOver('output')
    }
    this.#turn.onDisplay(Object.fromEntries(values.map(({ mime, value }) => [mime, value])))
    for (const { value, fileName, words } of values) {
      const path = fileName === undefined ? '' : await this.#around.save(fileName, value)
      this.#print('stdout', `${words(path)}\n`)
    }
  }
}
