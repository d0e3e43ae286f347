import { isObject, type Channel, type Content, type KernelMessage } from './message.ts'
import type { Channels } from './channels.ts'

/** Who is told what a cell does. */
export interface CellWatcher {
  readonly onStream?: (stream: 'stdout' | 'stderr', text: string) => void
  /** By media type, as the kernel gives it: texts, images in base64, JSON. */
  readonly onDisplay?: (data: Content) => void
  /** Asked for a line of input. Without it a program that asks fails. */
  readonly onInput?: () => string
}

/** How a cell ended. */
export interface CellEnd {
  /** Whether what it printed is not heard any more: it was too much at once. */
  readonly isUnheard?: boolean
  /** Nothing if it went well. */
  readonly error?: { readonly name: string; readonly value: string; readonly traceback: readonly string[] }
}

interface Cell {
  readonly watcher: CellWatcher
  readonly done: (end: CellEnd) => void
  end?: CellEnd
  isIdle?: boolean
  timer?: NodeJS.Timeout
}

/** How often a kernel is asked whether it is there. */
const ASK_MS = 200
/** How long after its answer a kernel may take to say that it is idle. */
const IDLE_MS = 3000

/** Speaks with a kernel: runs cells, and says what they print. Messages that belong to no cell of its are left out. */
export class KernelClient {
  /** Done when whoever keeps the kernel says that it is dead, or another one. */
  readonly died: Promise<void>
  readonly #channels: Channels
  readonly #cells = new Map<string, Cell>()
  /** The channels on which the kernel was heard. */
  readonly #heard = new Set<Channel>()
  #onReady = (): void => {}
  #onDeath = (): void => {}

  constructor(channels: Channels) {
    this.#channels = channels
    this.died = new Promise((resolve) => (this.#onDeath = resolve))
    channels.listener = (message) => this.#take(message)
  }

  /**
   * Waits until the kernel answers and is heard: what it says before somebody listens is lost.
   *
   * @throws The signal's reason.
   */
  async ready(signal: AbortSignal): Promise<void> {
    const ask = (): void => {
      for (const channel of ['shell', 'control'] as const) this.#channels.send(channel, 'kernel_info_request', {})
    }
    const timer = setInterval(ask, ASK_MS)
    try {
      await new Promise<void>((resolve, reject) => {
        this.#onReady = resolve
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
        ask()
      })
    } finally {
      clearInterval(timer)
    }
  }

  /** Runs code. It is done when the kernel has answered and is idle again; never, if it dies meanwhile. */
  run(code: string, watcher: CellWatcher, options: { readonly silent?: boolean } = {}): Promise<CellEnd> {
    const { silent = false } = options
    const id = this.#channels.send('shell', 'execute_request', {
      code,
      silent,
      store_history: !silent,
      user_expressions: {},
      allow_stdin: watcher.onInput !== undefined,
      // What follows a failed cell is asked for when that has ended.
      stop_on_error: false,
    })
    return new Promise((done) => {
      if (id !== undefined) this.#cells.set(id, { watcher, done })
    })
  }

  /** Asks the kernel to interrupt what it runs. */
  interrupt(): void {
    this.#channels.send('control', 'interrupt_request', {})
  }

  #take(message: KernelMessage): void {
    const { channel, type, parentId, content } = message
    this.#heard.add(channel)
    if (['shell', 'control', 'iopub'].every((each) => this.#heard.has(each as Channel))) this.#onReady()
    if (type === 'status' && ['restarting', 'dead'].includes(textOf(content['execution_state']))) this.#onDeath()
    const cell = this.#cells.get(parentId ?? '')
    if (!cell || parentId === undefined) return
    if (channel === 'iopub') tell(cell.watcher, type, content)
    if (channel === 'iopub' && type === 'status') cell.isIdle = content['execution_state'] === 'idle'
    if (channel === 'shell' && type === 'execute_reply') {
      cell.end = endOf(content)
      cell.timer ??= setTimeout(() => this.#done(parentId, { isUnheard: true }), IDLE_MS)
    }
    if (channel === 'stdin' && type === 'input_request' && cell.watcher.onInput) {
      cell.watcher.onStream?.('stdout', textOf(content['prompt']))
      this.#channels.send('stdin', 'input_reply', { status: 'ok', value: cell.watcher.onInput() })
    }
    if (cell.end && cell.isIdle) this.#done(parentId, cell.end)
  }

  #done(id: string, end: CellEnd): void {
    const cell = this.#cells.get(id)
    this.#cells.delete(id)
    clearTimeout(cell?.timer)
    cell?.done(end)
  }
}

function tell({ onStream, onDisplay }: CellWatcher, type: string, content: Content): void {
  const { name, text, data } = content
  if (type === 'stream' && typeof text === 'string') onStream?.(name === 'stderr' ? 'stderr' : 'stdout', text)
  if (['display_data', 'execute_result', 'update_display_data'].includes(type) && isObject(data)) onDisplay?.(data)
}

function endOf({ status, ename, evalue, traceback }: Content): CellEnd {
  if (status === 'ok') return {}
  const lines = Array.isArray(traceback) ? traceback.map(textOf) : []
  return { error: { name: textOf(ename) || 'Error', value: textOf(evalue), traceback: lines } }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
