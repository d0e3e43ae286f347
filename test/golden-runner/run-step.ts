import { Conversation, GroupChatManager, type ChatResult, type MessageDraft } from 'conversable'
import { ScenarioError } from './error-codes.ts'
import { given } from './given.ts'
import { holdChat, holdGraph, holdQueue } from './hold-chats.ts'
import type { SendStep, Step, WireMessage } from './scenario.ts'
import { scriptedTool } from './scripted-tools.ts'
import { agentOf, runOptions, watched, type Stage } from './stage.ts'
import { inputOf, wireReply, wireStored } from './wire.ts'

/** Takes one step and gives its result as `expect.results` has it: null for a step that changes settings. */
export async function runStep(stage: Stage, step: Step): Promise<unknown> {
  switch (step.do) {
    case 'initiateChat':
      return shown(await holdChat(stage, step))
    case 'initiateChats':
      return (await holdQueue(stage, step)).map(shown)
    case 'initiateChatGraph': {
      const results = await holdGraph(stage, step)
      return Object.fromEntries(Object.entries(results).map(([id, result]) => [id, shown(result)]))
    }
    case 'send':
      await send(stage, step)
      return null
    case 'generateReply':
      return { reply: await generateReply(stage, step) }
    case 'lastMessage':
      return { message: lastMessage(stage, step) }
    case 'resume':
      return resume(stage, step)
    default:
      change(stage, step)
      return null
  }
}

type StepOf<Word extends Step['do']> = Extract<Step, { readonly do: Word }>
type Asking =
  | 'initiateChat'
  | 'initiateChats'
  | 'initiateChatGraph'
  | 'send'
  | 'generateReply'
  | 'lastMessage'
  | 'resume'

function draftOf(message: WireMessage): MessageDraft {
  const input = inputOf(message)
  return typeof input === 'string' ? { content: input } : input
}

function shown({ summary, chatHistory, humanInput }: ChatResult): object {
  return { summary, messages: chatHistory.length, ...(humanInput.length > 0 && { humanInput }) }
}

/** Takes a group up again; the author of the last message then opens the chat with it. */
async function resume(stage: Stage, step: StepOf<'resume'>): Promise<unknown> {
  const { manager: name, messages, removeTerminationString, continue: goesOn = true } = step
  const manager = agentOf(stage, name)
  if (!(manager instanceof GroupChatManager)) throw new Error(`The agent "${name}" manages no group.`)
  const stored = new Conversation({ id: name })
  for (const message of messages) {
    const draft = draftOf(message)
    stored.append(draft.name ?? name, draft)
  }
  const { lastSpeaker, ...opening } = manager.resume(stored.messages, given({ removeTerminationString }))
  stage.recording.console.push(
    `Prepared group chat with ${messages.length} messages, the last speaker is ${lastSpeaker.name}\n`,
  )
  if (!goesOn) return { speaker: lastSpeaker.name }
  const run = agentOf(stage, lastSpeaker.name).initiateChat(manager, { ...opening, ...runOptions(stage, undefined) })
  const result = stage.conversations.keep(await watched(stage, run))
  return { speaker: lastSpeaker.name, ...shown(result) }
}

async function send(stage: Stage, { from, to, message, requestReply, silent }: SendStep): Promise<void> {
  const run = agentOf(stage, from).send(inputOf(message), agentOf(stage, to), {
    ...given({ conversation: stage.conversations.find(from, to), requestReply, silent }),
    ...runOptions(stage, undefined),
  })
  stage.conversations.keep(await watched(stage, run))
}

async function generateReply(stage: Stage, { agent, messages, sender }: StepOf<'generateReply'>): Promise<unknown> {
  const { conversations } = stage
  const run = agentOf(stage, agent).replyTo(messages?.map(inputOf), {
    ...(sender !== undefined && {
      sender: agentOf(stage, sender),
      conversation: conversations.between(agent, sender),
    }),
    // Without messages and without a sender there is nothing to reply to.
    ...(sender === undefined && messages && { conversation: conversations.alone(agent) }),
    ...runOptions(stage, undefined),
  })
  return wireReply(await watched(stage, run))
}

/** The last message of an agent's history. The library reads it from the conversation, which the caller keeps. */
function lastMessage({ conversations }: Stage, { agent, partner }: StepOf<'lastMessage'>): unknown {
  const partners = conversations.partnersOf(agent)
  if (partner === undefined && partners.length > 1) throw new ScenarioError('ambiguousConversation')
  const other = partner ?? partners[0]
  if (other === undefined) return null
  const conversation = conversations.find(agent, other)
  if (!conversation) throw new ScenarioError('unknownConversation')
  const message = conversation.lastMessage()
  return message ? wireStored(message, agent) : null
}

function change(stage: Stage, step: Exclude<Step, { readonly do: Asking }>): void {
  switch (step.do) {
    case 'updateMaxConsecutiveAutoReply': {
      const sender = step.sender === undefined ? undefined : agentOf(stage, step.sender)
      return agentOf(stage, step.agent).updateMaxConsecutiveAutoReply(step.value, sender)
    }
    case 'updateSystemMessage':
      return agentOf(stage, step.agent).updateSystemMessage(step.text)
    case 'suggestTool':
      return void agentOf(stage, step.agent).registerForLLM(scriptedTool(stage, step.tool))
    case 'removeTool':
      return void agentOf(stage, step.agent).unregisterForLLM(step.tool)
    case 'unregisterTool':
      return void agentOf(stage, step.agent).unregisterForExecution(step.tool)
    case 'clearHistory':
    case 'reset':
    case 'resetCounter':
    case 'stopReplyAtReceive':
      return changeConversations(stage, step)
    case 'setHumanInputMode':
      throw new Error(`There is no step "${step.do}" yet.`)
  }
}

/** What AutoGen keeps on agents belongs to their conversations here. */
function changeConversations(
  { conversations, restores }: Stage,
  step: StepOf<'clearHistory' | 'reset' | 'resetCounter' | 'stopReplyAtReceive'>,
): void {
  const { agent } = step
  if (step.do === 'reset') {
    conversations.forget(agent)
    for (const restore of restores.get(agent) ?? []) restore()
    return
  }
  const partner = step.do === 'clearHistory' ? step.partner : step.sender
  for (const other of partner === undefined ? conversations.partnersOf(agent) : [partner]) {
    // Of one partner AutoGen forgets everything, whatever is to be preserved.
    if (step.do === 'clearHistory') conversations.clear(agent, other, partner === undefined ? step.preserve : 0)
    else if (step.do === 'resetCounter') conversations.between(agent, other).autoReplies[agent] = 0
    else conversations.between(agent, other).answering[agent] = false
  }
}
