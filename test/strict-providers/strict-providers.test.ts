import type { ChatResult, LlmConfig } from 'conversable'
import { describe, expect, test } from 'vitest'
import { forAll, groupScript, holdGroupChat, linesOf, ROLES, SUMMARY, TRANSCRIPT, type Role } from './group-story.ts'
import { PROVIDERS, scriptFor, type Provided } from './providers.ts'
import { startStrictServer, type Script, type StrictServer } from './strict-server.ts'

const providers = Object.entries(PROVIDERS)

function start(provided: Provided, script: Script): Promise<StrictServer> {
  return startStrictServer(provided.provider(), scriptFor(provided, script))
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

test('a model whose provider says that it has no tools is told of them in words', { timeout: 30_000 }, async () => {
  const provided = PROVIDERS['Ollama without tools'] ?? failed()
  await using server = await start(provided, groupScript())

  const result = await holdGroupChat(forAll({ ...provided.llmConfig(server.url), toolCalls: 'auto' }))

  expectAsPlanned(result)
  // One refusal for each of the researcher's turns, who alone is offered a tool.
  expect(server.refusals).toEqual(
    Array.from({ length: 3 }, () => 'registry.ollama.ai/library/gemma3:latest does not support tools'),
  )
})

test('a model that must be told of tools by its provider’s means fails where it has none', async () => {
  const provided = PROVIDERS['Ollama without tools'] ?? failed()
  await using server = await start(provided, groupScript())

  const chat = holdGroupChat(forAll({ ...provided.llmConfig(server.url), toolCalls: 'native' }))

  await expect(chat).rejects.toThrow('failed with status 400')
  expect(server.refusals).toEqual(['registry.ollama.ai/library/gemma3:latest does not support tools'])
})

function failed(): never {
  throw new Error('There is no such provider.')
}
