import { describe, expect, test } from 'vitest'
import { forAll, groupScript, holdGroupChat, linesOf, SUMMARY, TRANSCRIPT } from './group-story.ts'
import { PROVIDERS, type Provided } from './providers.ts'
import { startStrictServer, type Script } from './strict-server.ts'

/** What models say that do not show their thoughts. */
function withoutThoughts(script: Script): Script {
  return (asked) => {
    const { thought: _hidden, ...answer } = script(asked)
    return answer
  }
}

describe('a group chat of five agents with tools, a selecting model and a summary goes well with', () => {
  test.each(Object.entries<Provided>(PROVIDERS))('%s', async (_name, { provider, llmConfig, thinks }) => {
    const script = groupScript()
    await using server = await startStrictServer(provider(), thinks ? script : withoutThoughts(script))

    const result = await holdGroupChat(forAll(llmConfig(server.url))).catch((error: unknown) => error)

    expect(server.refusals).toEqual([])
    expect(result).toMatchObject({ summary: SUMMARY, stopReason: { rule: 'termination', agent: 'chat_manager' } })
    expect(linesOf((result as Awaited<ReturnType<typeof holdGroupChat>>).chatHistory)).toEqual(TRANSCRIPT)
  })
})
