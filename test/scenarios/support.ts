import {
  AssistantAgent,
  ConversableAgent,
  textOf,
  UserProxyAgent,
  type ConversableAgentOptions,
  type Message,
} from 'conversable'
import { ScriptedModel, type Script } from 'conversable/testing'

/** An ending test that many users have: the text ends with the word. */
export const endsWithTerminate = (message: Message): boolean => textOf(message).trimEnd().endsWith('TERMINATE')

/** An agent without a person that always says the same. */
export function echo(name: string, says: string, options: Partial<ConversableAgentOptions> = {}): ConversableAgent {
  return new ConversableAgent({ name, humanInputMode: 'NEVER', defaultAutoReply: says, ...options })
}

/** An assistant with a scripted model, and that model. */
export function scripted(
  name: string,
  script: Script,
): { readonly agent: AssistantAgent; readonly model: ScriptedModel } {
  const model = new ScriptedModel(script)
  return { agent: new AssistantAgent({ name, llmConfig: { model } }), model }
}

/** A user proxy that runs tools, asks nobody, and stops at the word. */
export function proxy(options: Partial<ConversableAgentOptions> = {}): UserProxyAgent {
  return new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER', isTerminationMsg: endsWithTerminate, ...options })
}

/** A transcript as lines `name: text`. */
export function lines(messages: readonly Message[]): string[] {
  return messages.map((message) => `${message.name}: ${textOf(message)}`)
}

/** Everything that an iterable gives. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = []
  for await (const item of items) collected.push(item)
  return collected
}
