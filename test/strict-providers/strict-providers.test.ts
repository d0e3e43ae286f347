import type { ChatResult, LlmConfig } from 'conversable'
import { describe, expect, test } from 'vitest'
import { forAll, groupScript, holdGroupChat, linesOf, ROLES, SUMMARY, TRANSCRIPT, type Role } from './group-story.ts'
import { PROVIDERS, type Provided } from './providers.ts'
import { hidingThoughts, startStrictServer, type Script, type StrictServer } from './strict-server.ts'

const providers = Object.entries(PROVIDERS)

function start({ provider, thinks }: Provided, script: Script): Promise<StrictServer> {
  return startStrictServer(provider(), thinks ? script : hidingThoughts(script))
}

/** Waits for a chat that nobody may refuse. A refusal is told before whatever else came of it. */
async function takenByAll(chat: Promise<ChatResult>, servers: readonly StrictServer[]): Promise<ChatResult> {
  const [outcome] = await Promise.allSettled([chat])
  expect(servers.flatMap(({ refusals }) => refusals)).toEqual([])
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}

function expectAsPlanned(result: ChatResult): void {
  expect(linesOf(result.chatHistory)).toEqual(TRANSCRIPT)
  expect(result).toMatchObject({ summary: SUMMARY, stopReason: { rule: 'termination', agent: 'chat_manager' } })
}

describe('a group chat of five agents with tools, a selecting model and a summary goes well', () => {
  test.each(providers)('with %s', { timeout: 30_000 }, async (_name, provided) => {
    await using server = await start(provided, groupScript())

    expectAsPlanned(await takenByAll(holdGroupChat(forAll(provided.llmConfig(server.url))), [server]))
  })

  test.each(providers.map(([name], index) => [name, index] as const))(
    'with one provider for each agent, where %s selects and sums up',
    { timeout: 30_000 },
    async (_name, first) => {
      const script = groupScript()
      await using stack = new AsyncDisposableStack()
      const servers: StrictServer[] = []
      const configs: [Role, LlmConfig][] = []
      for (const [index, role] of ROLES.toReversed().entries()) {
        const [, provided] = providers[(first + 3 * index) % providers.length] ?? failed()
        const server = stack.use(await start(provided, script))
        servers.push(server)
        configs.push([role, provided.llmConfig(server.url)])
      }

      // Every role was given a model.
      const all = Object.fromEntries(configs) as Record<Role, LlmConfig>
      expectAsPlanned(await takenByAll(holdGroupChat(all), servers))
    },
  )
})

function failed(): never {
  throw new Error('A remainder is an index.')
}
