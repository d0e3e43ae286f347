import type { CodeExecutor, CodeResult, Execution, ExecutionEvent } from 'conversable'
import { ScriptedExecutor } from 'conversable/testing'
import { openExecutor } from './real-executor.ts'
import type { CodeSpec } from './scenario.ts'
import type { Stage } from './stage.ts'

/** The executor of one agent, scripted or real, which notes its runs. */
export function recordingExecutor(agent: string, code: CodeSpec, stage: Stage): CodeExecutor {
  const { results = [], timeoutSeconds = 30 } = code
  const { codeRuns } = stage.recording
  const executor: CodeExecutor =
    code.run === 'local' ? openExecutor(stage.real, timeoutSeconds) : new ScriptedExecutor(results)
  stage.executors.push(executor)
  return {
    kind: executor.kind,
    languages: executor.languages,
    isolation: executor.isolation,
    execute: (blocks, options) =>
      noted(executor.execute(blocks, options), ({ exitCode, output }) => {
        // Where the program asked to be saved is no part of what is expected.
        const shown = blocks.map(({ language, code: text }) => ({ language, code: text }))
        codeRuns.push({ agent, blocks: shown, exitCode, output })
      }),
    restart: () => executor.restart(),
    [Symbol.asyncDispose]: () => executor[Symbol.asyncDispose](),
  }
}

/** An execution that tells its result before whoever waits for it goes on. */
function noted(execution: Execution, note: (result: CodeResult) => void): Execution {
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- an execution is meant to be awaited
    then(onResult, onError) {
      const result = execution.then((value) => {
        note(value)
        return value
      })
      return result.then(onResult, onError)
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<ExecutionEvent, void, undefined> {
      for await (const event of execution) {
        if (event.type === 'end') note(event.result)
        yield event
      }
    },
  }
}
