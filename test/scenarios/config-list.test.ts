import { AssistantAgent, filterConfig, modelsFromConfigList, type ChatEvent } from 'conversable'
import { configListFromJson } from 'conversable/node'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { FaultServer, refusing, streaming } from '../fault-server.ts'
import { dialects } from '../wire-dialects.ts'
import { proxy } from './support.ts'

const chat = dialects['OpenAI chat completions']
const messages = dialects['Anthropic messages']
if (!chat || !messages) throw new Error('The dialects are gone.')

test('a list of models in a file is a list of models of an agent', { timeout: 30_000 }, async () => {
  await using server = new FaultServer({
    compatible: [refusing(401, chat.refusal('wrong key'))],
    claude: [streaming(messages.said('Hi from Claude.'))],
  })
  const at = await server.listen()
  const folder = await mkdtemp(join(tmpdir(), 'config-list-'))
  const list = [
    { model: 'old', tags: ['slow'] },
    { model: 'local', base_url: at('compatible'), tags: ['fast'], temperature: 0.5 },
    {
      model: 'claude',
      api_type: 'anthropic',
      base_url: at('claude'),
      api_key: 'sk-canary',
      max_tokens: 64,
      tags: ['fast'],
    },
  ]
  await writeFile(join(folder, 'OAI_CONFIG_LIST'), JSON.stringify(list))
  // Must not reach a server that is not OpenAI's.
  vi.stubEnv('OPENAI_API_KEY', 'sk-environment')
  try {
    const configList = filterConfig(configListFromJson('OAI_CONFIG_LIST', { fileLocation: folder }), { tags: ['fast'] })
    const assistant = new AssistantAgent({
      name: 'assistant',
      llmConfig: { model: modelsFromConfigList(configList), temperature: 0 },
    })
    const events: ChatEvent[] = []
    const run = proxy().initiateChat(assistant, { message: 'Hello?', maxTurns: 1 })
    const result = await run.subscribe((event) => void events.push(event))

    expect(result.summary).toBe('Hi from Claude.')
    const answered = Object.entries(result.usage.byModel).filter(([, used]) => used.calls > 0)
    expect(answered.map(([model]) => model)).toEqual(['anthropic.messages/claude'])
    const [first, second] = server.received.map(({ body }) => JSON.parse(body) as object)
    expect(first).toMatchObject({ model: 'local', temperature: 0.5 })
    expect(second).toMatchObject({ model: 'claude', temperature: 0, max_tokens: 64 })
    expect(server.received.map(({ key }) => key)).toEqual(['Bearer none', 'sk-canary'])
    expect(JSON.stringify(events)).not.toContain('sk-')
  } finally {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true, force: true })
  }
})

test('a provider whose package is not installed says what to install', async () => {
  const model = modelsFromConfigList([{ model: 'command', apiType: 'cohere', apiKey: 'sk-canary' }])
  const run = proxy().initiateChat(new AssistantAgent({ name: 'assistant', llmConfig: { model } }), { message: 'hi' })
  await expect(run).rejects.toMatchObject({
    code: 'unknown-model',
    message: expect.stringContaining('Run: npm install @ai-sdk/cohere'),
  })
})
