import type { Agent } from './agent.ts'
import type { Conversation } from './conversation.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { textOf } from './message.ts'
import { askForOutput, readAnswerText, readOutput, type OutputForm, type OutputOptions } from './model/output.ts'
import { promptFor } from './model/prompt.ts'
import { speakerNamesOf } from './model/speaker-names.ts'
import type { ChatContext } from './ports/chat-context.ts'
import { seenBy } from './summary.ts'
import type { Sides } from './two-agents.ts'
import { quote } from './util/quote.ts'

/** A result of a schema that is asked for when a chat has ended. */
export interface ChatOutputOptions<Value = unknown> extends OutputOptions<Value> {
  /** What the model is asked behind the transcript. */
  readonly question?: string
}

/** Asks for the output of a chat; unless `question` says otherwise. */
export const OUTPUT_QUESTION = 'Give the result of the conversation above.'

/**
 * Refuses an output that cannot be asked for.
 *
 * @throws ConfigurationError `output-needs-model`, `invalid-output`, and of its options.
 */
export function checkChatOutput(sides: Sides, options: ChatOutputOptions): void {
  readChatOutput(sides, options)
  if (whoIsAsked(sides)) return
  throw new ConfigurationError(
    'output-needs-model',
    `The chat of ${quote(sides.sender.name)} with ${quote(sides.recipient.name)} is to have an output, but neither agent has a ` +
      'model. Give one of them an llmConfig.',
  )
}

/**
 * The output of a chat that has ended: of the last message if that fits the schema, otherwise of the recipient's model,
 * or else the sender's.
 *
 * @throws OutputError when the model gives nothing that fits.
 */
export async function outputOf(
  chat: { readonly sides: Sides; readonly conversation: Conversation; readonly options: ChatOutputOptions },
  context: ChatContext,
): Promise<unknown> {
  const { sides, conversation, options } = chat
  const output = readChatOutput(sides, options)
  const messages = conversation.messagesFor(sides.sender.name)
  const last = messages.at(-1)
  const said = last && (await readAnswerText(textOf(last), output))
  if (said && !said.issues) return said.value
  const agent = whoIsAsked(sides)
  // Checked before the chat began: one of the two has a model.
  if (!agent?.llmConfig) return undefined
  const { llmConfig } = agent
  const prompt = promptFor(sides.recipient.name, messages, {
    inGroup: conversation.group !== undefined,
    names: speakerNamesOf(llmConfig),
  })
  prompt.push({ role: 'user', content: [{ type: 'text', text: options.question ?? OUTPUT_QUESTION }] })
  const step = `${conversation.nextMessageId}/${agent.name}.output`
  const source = { conversation, viewer: seenBy({ ...sides, conversation }), closing: 1 }
  const request = { agent: agent.name, purpose: 'output' as const, prompt, step, source }
  const { fitting } = await askForOutput(llmConfig, request, { output, context })
  return fitting?.value
}

function readChatOutput({ sender, recipient }: Sides, options: ChatOutputOptions): OutputForm {
  return readOutput(options, `the chat of ${quote(sender.name)} with ${quote(recipient.name)}`, ['question'])
}

function whoIsAsked({ sender, recipient }: Sides): Agent | undefined {
  return [recipient, sender].find((agent) => agent.llmConfig)
}
