import { AIMessage, HumanMessage } from '@langchain/core/messages'
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph'
import { AssistantAgent, GroupChatManager } from 'conversable'
import { instantModel, OPENING, SYSTEM_MESSAGE } from './instant-model.ts'
import { repeat, timesOf, type Effort } from './measure.ts'
import { atMost, lineOf, type Figures, type Section } from './table.ts'

const NAMES: readonly string[] = ['planner', 'engineer', 'scientist', 'critic', 'writer']
const model = instantModel()
const agents = NAMES.map(
  (name) =>
    new AssistantAgent({
      name,
      systemMessage: SYSTEM_MESSAGE,
      llmConfig: { model },
      maxConsecutiveAutoReply: Infinity,
    }),
)

/** Measures a group of five that goes round, beside the same rotation as a graph. */
export async function measureGroupChat(effort: Effort): Promise<Section> {
  const short = await timesAMessage(200, effort)
  const long = await timesAMessage(2_000, effort)
  const growth = long.ours / short.ours
  return {
    title: 'A group of five that goes round, µs a message; the peer is LangGraph',
    lines: [
      lineOf('200 rounds', short),
      lineOf('2,000 rounds', long, atMost(1 / 10, long)),
      { what: '2,000 rounds against 200', ours: growth, target: { text: 'at most 2 x', isMet: growth <= 2 } },
    ],
    notes: ['a StateGraph with MessagesAnnotation, one node an agent, whose answer is there at once'],
  }
}

async function holdGroup(rounds: number): Promise<void> {
  const groupChat = {
    agents,
    maxRound: rounds,
    speakerSelectionMethod: 'round_robin' as const,
    noProgress: false as const,
  }
  const [first] = agents
  const result = await first?.initiateChat(new GroupChatManager({ groupChat }), { message: OPENING })
  if (result?.chatHistory.length !== rounds) throw new Error(`The group ended: ${JSON.stringify(result?.stopReason)}`)
}

async function runGraph(rounds: number): Promise<void> {
  const answer =
    (name: string) =>
    ({ messages }: typeof MessagesAnnotation.State) => ({
      messages: [new AIMessage({ content: `Answer ${messages.length}.`, name })],
    })
  const next =
    (index: number) =>
    ({ messages }: typeof MessagesAnnotation.State) =>
      messages.length >= rounds ? END : `agent${(index + 1) % NAMES.length}`
  // The names of nodes are types of the builder, so one that is built in a loop is told nothing of them.
  const graph = new StateGraph(MessagesAnnotation) as unknown as LooseGraph
  for (const [index, name] of NAMES.entries()) graph.addNode(`agent${index}`, answer(name))
  graph.addEdge(START, 'agent1')
  for (const index of NAMES.keys()) graph.addConditionalEdges(`agent${index}`, next(index))
  const state = await graph.compile().invoke({ messages: [new HumanMessage(OPENING)] }, { recursionLimit: rounds + 5 })
  if (state.messages.length !== rounds) throw new Error(`The graph ended after ${state.messages.length} messages.`)
}

interface LooseGraph {
  addNode(name: string, run: unknown): void
  addEdge(from: string, to: string): void
  addConditionalEdges(from: string, choose: unknown): void
  compile(): {
    invoke(
      input: unknown,
      options: { readonly recursionLimit: number },
    ): Promise<{ readonly messages: readonly unknown[] }>
  }
}

/** In microseconds. */
async function timesAMessage(rounds: number, effort: Effort): Promise<Figures> {
  const chats = Math.ceil(effort.messagesAtOnce / rounds)
  const works = [
    () => repeat(chats, () => holdGroup(rounds)),
    () => repeat(effort.isQuick ? 1 : chats, () => runGraph(rounds)),
  ]
  const [ours = Number.NaN, graph = Number.NaN] = await timesOf(works, {
    ...effort,
    repetitions: Math.ceil(effort.repetitions / 3),
  })
  return { ours: (ours * 1_000) / (chats * rounds), ai: (graph * 1_000) / ((effort.isQuick ? 1 : chats) * rounds) }
}
