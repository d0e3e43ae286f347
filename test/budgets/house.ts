import type { LanguageModelV4CallOptions, LanguageModelV4ToolCall } from '@ai-sdk/provider'
import {
  ConversableAgent,
  GroupChatManager,
  inlineRuntime,
  tool,
  UserProxyAgent,
  type Budget,
  type ChatResult,
  type ChatRun,
} from 'conversable'
import { z } from 'zod'
import { billingModel, PRICE, type World } from './billing-model.ts'

/** How one run of the house is held. */
export interface Visit {
  readonly world: World
  readonly budget: Budget
  /** That of each chat with the expert, inside of the budget of the run. */
  readonly expertBudget: Budget | undefined
  readonly maxRound: number
}

/**
 * Five agents with a model, and a selector: a group of a planner, a coder and a critic with a clerk who runs tools; the
 * critic asks a reviewer before it answers, and behind the coder's tool, called several times at once, is an expert.
 */
export function visit({ world, budget, expertBudget, maxRound }: Visit): ChatRun<ChatResult> {
  const { dice, clock } = world
  const speaking = (name: string): ConversableAgent => {
    const limit = dice() < 0.3 ? {} : { maxOutputTokens: Math.ceil(dice() * 400) }
    const retry = { maxRetries: 3, initialDelayMs: 0 }
    const llmConfig = { model: billingModel(world), price: PRICE, retry, ...limit }
    return new ConversableAgent({ name, humanInputMode: 'NEVER', llmConfig, isTerminationMsg: () => false })
  }
  const [planner, coder, critic, reviewer, expert] = ['planner', 'coder', 'critic', 'reviewer', 'expert'].map(
    speaking,
  ) as [ConversableAgent, ConversableAgent, ConversableAgent, ConversableAgent, ConversableAgent]
  const ask = tool({
    name: 'ask_expert',
    description: 'Asks an expert.',
    parameters: z.object({ question: z.string() }),
    ownSteps: true,
    execute: async ({ question }, context) => {
      const student = new UserProxyAgent({ name: 'student', humanInputMode: 'NEVER', defaultAutoReply: 'And why?' })
      const { summary } = await student.initiateChat(expert, {
        message: question,
        maxTurns: 2,
        summaryMethod: 'reflection_with_llm',
        parent: context,
        ...(expertBudget && { budget: expertBudget }),
      })
      return summary
    },
  })
  coder.registerForLLM(ask)
  critic.registerNestedChats([{ recipient: reviewer, maxTurns: 1, summaryMethod: 'reflection_with_llm' }], {
    trigger: 'manager',
  })
  const clerk = new UserProxyAgent({ name: 'clerk', humanInputMode: 'NEVER' }).registerForExecution(ask)
  const manager = new GroupChatManager({
    name: 'manager',
    llmConfig: {
      model: billingModel(world),
      price: PRICE,
      retry: { maxRetries: 3, initialDelayMs: 0 },
      maxOutputTokens: 30,
    },
    groupChat: { agents: [planner, coder, critic, clerk], maxRound, noProgress: false },
  })
  const user = new UserProxyAgent({ name: 'user', humanInputMode: 'NEVER' })
  return user.initiateChat(manager, {
    message: 'Build something.',
    summaryMethod: 'reflection_with_llm',
    runtime: { ...inlineRuntime, now: () => clock.now, random: dice },
    budget,
  })
}

/** What the models of the house say: names for the selector, now and then wrong ones; words, and calls of the coder. */
export function lines(dice: () => number): World['say'] {
  let said = 0
  return ({ tools = [], providerOptions }: LanguageModelV4CallOptions) => {
    const text = `thing ${++said}${' and more'.repeat(Math.floor(dice() * 20))}`
    if (providerOptions?.['conversable']?.['purpose'] === 'select-speaker') {
      return { text: ['planner', 'coder', 'coder', 'critic', 'clerk', 'nobody'][Math.floor(dice() * 6)] ?? 'planner' }
    }
    if (tools.length === 0 || dice() < 0.3) return { text }
    const calls = Array.from({ length: 1 + Math.floor(dice() * 3) }, (): LanguageModelV4ToolCall => ({
      type: 'tool-call',
      toolCallId: `call_${++said}`,
      toolName: 'ask_expert',
      input: JSON.stringify({ question: text }),
    }))
    return { text, calls }
  }
}
