import { ConfigurationError, type ConfigurationCode } from './errors/configuration-error.ts'
import type { Message, MessageInput } from './message.ts'
import { checkLlmConfig } from './model/check-llm-config.ts'
import type { OutputOptions } from './model/output.ts'
import type { HumanInput } from './ports/human-input.ts'
import type { LlmConfig } from './ports/model.ts'
import type { CodeExecutionConfig } from './replies/code-execution.ts'
import type { HumanInputMode } from './replies/termination.ts'
import { checkCount, checkOptions } from './check-options.ts'
import { quote } from './util/quote.ts'

/** The system message of an agent that was given none. */
export const DEFAULT_SYSTEM_MESSAGE = 'You are a helpful AI Assistant.'

/** What an agent is made of. */
export interface ConversableAgentOptions {
  readonly name: string
  /** Sent first in every model request, also when it is empty. */
  readonly systemMessage?: string
  /** What a group's selector is told of the agent. Default: the system message. */
  readonly description?: string
  /** When a person is asked. Default `TERMINATE`: where the chat would end otherwise. */
  readonly humanInputMode?: HumanInputMode
  /** How that person is asked. Default: as the run says. */
  readonly humanInput?: HumanInput
  /** Whether a message that the agent receives ends the chat. Default: its text is exactly `TERMINATE`. */
  readonly isTerminationMsg?: (message: Message) => boolean
  /** How many replies in a row the agent gives one sender without a person; `Infinity` for no limit. Default 100. */
  readonly maxConsecutiveAutoReply?: number
  /**
   * How often in a row the agent tells a model that nothing but calls with arguments that do not fit came from it;
   * once more ends the chat. `Infinity` for no limit. Default 5.
   */
  readonly maxArgumentRepairs?: number
  /** Which model answers, and how. Default: none. */
  readonly llmConfig?: LlmConfig | false
  /** Which form the model's replies must have: a JSON object of a schema. Default: any. */
  readonly output?: OutputOptions
  /** Who runs the code that the agent receives. Default: nobody. */
  readonly codeExecutionConfig?: CodeExecutionConfig | false
  /** What the agent says if nothing else answers; `null` for staying silent. Default: an empty text. */
  readonly defaultAutoReply?: MessageInput | null
  /** Whether the agent's messages are kept from being printed. Default: as the chat says. */
  readonly silent?: boolean
}

const OPTIONS = Object.freeze([
  'name',
  'systemMessage',
  'description',
  'humanInputMode',
  'humanInput',
  'isTerminationMsg',
  'maxConsecutiveAutoReply',
  'maxArgumentRepairs',
  'llmConfig',
  'output',
  'codeExecutionConfig',
  'defaultAutoReply',
  'silent',
])
const MODES = Object.freeze(['ALWAYS', 'TERMINATE', 'NEVER'])

/**
 * Refuses options that cannot work.
 *
 * @throws ConfigurationError
 */
export function checkAgentOptions(options: ConversableAgentOptions): void {
  const { name, humanInputMode = 'NEVER', llmConfig, codeExecutionConfig } = options
  if (typeof name !== 'string' || name.trim() === '') {
    throw refuse(`An agent has the name ${quote(name)}. Give it one: new ConversableAgent({ name: 'assistant' }).`)
  }
  const owner = `agent ${quote(name)}`
  checkOptions(owner, options, OPTIONS)
  if (!MODES.includes(humanInputMode)) {
    throw refuse(`The ${owner} has ${quote(humanInputMode)} as humanInputMode. It is one of ${MODES.join(', ')}.`)
  }
  for (const option of ['maxConsecutiveAutoReply', 'maxArgumentRepairs'] as const)
    checkCount(owner, option, { value: options[option], infinite: true })
  for (const option of ['humanInput', 'isTerminationMsg'] as const) {
    const value: unknown = options[option]
    if (value !== undefined && typeof value !== 'function')
      throw refuse(`The ${owner} has ${quote(value)} as ${option}. Give a function.`)
  }
  if (llmConfig) checkLlmConfig(llmConfig, name)
  if (options.output && !llmConfig) {
    throw refuse(`The ${owner} is to give an output, but has no model. Give it an llmConfig.`, 'output-needs-model')
  }
  if (codeExecutionConfig) checkCodeExecution(codeExecutionConfig, owner, options.humanInputMode)
}

const CODE_OPTIONS = Object.freeze(['executor', 'lastNMessages', 'beforeExecute', 'confirmUnattended'])

function checkCodeExecution(config: CodeExecutionConfig, owner: string, mode: HumanInputMode | undefined): void {
  const { executor, lastNMessages, beforeExecute } = config
  checkOptions(`the codeExecutionConfig of ${owner}`, config, CODE_OPTIONS)
  if (beforeExecute !== undefined && typeof beforeExecute !== 'function')
    throw refuse(`The ${owner} has ${quote(beforeExecute)} as beforeExecute. Give a function.`)
  if (typeof executor?.execute !== 'function') {
    throw refuse(
      `The ${owner} has ${quote(executor)} as code executor. Give an object with execute, such as new QuickJsExecutor().`,
    )
  }
  if (
    mode === 'NEVER' &&
    executor.isolation?.boundary === 'none' &&
    !beforeExecute &&
    config.confirmUnattended !== true
  ) {
    throw refuse(
      `The ${owner} runs code of a model on this machine with nothing in between, and humanInputMode 'NEVER' asks nobody. ` +
        'Give an executor that is a sandbox, as createCodeExecutor() of @conversable/executors does, a beforeExecute ' +
        'that decides on the code, or confirmUnattended: true.',
    )
  }
  if (
    lastNMessages === undefined ||
    lastNMessages === 'auto' ||
    (Number.isInteger(lastNMessages) && lastNMessages >= 0)
  )
    return
  throw refuse(`The ${owner} has ${quote(lastNMessages)} as lastNMessages. Give a whole number from 0, or 'auto'.`)
}

function refuse(message: string, code: ConfigurationCode = 'invalid-option'): ConfigurationError {
  return new ConfigurationError(code, message)
}
