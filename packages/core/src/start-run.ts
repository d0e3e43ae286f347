import { ChatRun } from './chat-run.ts'
import type { ChatContext } from './ports/chat-context.ts'
import type { HumanInput } from './ports/human-input.ts'
import { inlineRuntime, type Runtime } from './ports/runtime.ts'
import { RunCancellation } from './run-cancellation.ts'
import { UsageMeter } from './usage.ts'

/** What a run is given from outside. */
export interface RunOptions {
  /** Cancels the run; awaiting it then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Where side effects happen. Default: at once. */
  readonly runtime?: Runtime | undefined
  /** Who is asked for agents that have no human input of their own. */
  readonly humanInput?: HumanInput | undefined
  /**
   * The turn or the tool call that this is part of: its events, usage, cancellation and steps are then those of the
   * run around it. Pass what a reply function or a tool was given.
   */
  readonly parent?: ChatContext | undefined
}

/** Starts a run, of its own or inside another one. */
export function startRun<Result>(
  { signal, runtime, humanInput, parent }: RunOptions,
  hold: (context: ChatContext, leave: (partial: Result) => void) => Promise<Result>,
): ChatRun<Result> {
  return new ChatRun<Result>(
    async (controls) => {
      const cancellation = new RunCancellation(controls.signal)
      const context: ChatContext = {
        signal: controls.signal,
        cancellation,
        runtime: runtime ?? parent?.runtime ?? inlineRuntime,
        humanInput: humanInput ?? parent?.humanInput,
        usage: parent?.usage ?? new UsageMeter(),
        chatId: parent?.chatId ?? '',
        path: parent?.path ?? [],
        emit(event, at = { chatId: '', path: [] }) {
          controls.emit(event, at)
          parent?.emit(event, at)
        },
        newChatId: () => parent?.newChatId() ?? context.runtime.uuid(),
      }
      try {
        return await hold(context, (partial) => controls.leave(partial))
      } finally {
        cancellation.close()
      }
    },
    [signal, parent?.signal].filter((one) => one !== undefined),
  )
}
