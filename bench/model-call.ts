import { createOpenAI } from '@ai-sdk/openai'
import type { LanguageModelV4, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { generateText, streamText } from 'ai'
import { inlineRuntime } from 'conversable'
import { ModelClient } from '../packages/core/src/model/model-client.ts'
import { RunCancellation } from '../packages/core/src/run-cancellation.ts'
import { UsageMeter } from '../packages/core/src/usage.ts'
import { repeat, shortestTimesOf, type Effort } from './measure.ts'
import { atMost, lineOf, type Section } from './table.ts'

const QUESTION = 'Which animal jumps over the lazy dog?'
const ANSWER = 'The quick brown fox jumps over the lazy dog, and then does so once more.'
const WORDS: readonly string[] = Object.freeze(ANSWER.match(/\S+\s*/g) ?? [])
const PROMPT: LanguageModelV4Prompt = [{ role: 'user', content: [{ type: 'text', text: QUESTION }] }]

/** The package of OpenAI, as it is, over a network that answers at once. */
const model: LanguageModelV4 = createOpenAI({ apiKey: 'none', fetch: answerAtOnce }).chat('gpt-5')
const client = new ModelClient({ model })

/** Measures what is put on top of a provider's package, by what one call takes more than the package alone. */
export async function measureModelCall(effort: Effort): Promise<Section> {
  const calls = Math.ceil(effort.messagesAtOnce / 100)
  const works = [
    () => repeat(calls, readStream),
    () => askInOneRun(calls),
    () => repeat(calls, readStreamWithAi),
    () => repeat(calls, generate),
    () => repeat(calls, generateWithAi),
  ]
  const times = await shortestTimesOf(works, effort)
  const [streamed, ours, aiStreamed, whole, aiWhole] = times.map((ms) => (ms * 1_000) / calls) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const added = { ours: ours - streamed, ai: aiStreamed - streamed }
  const addedToWhole = { ours: ours - streamed, ai: aiWhole - whole }
  return {
    title: 'What is put on top of the package of OpenAI, µs a call; the peer is ai',
    lines: [
      lineOf('on a streamed answer: streamText', added, atMost(1 / 3, added)),
      lineOf('on a whole answer: generateText', addedToWhole, atMost(1 / 3, addedToWhole)),
      { what: 'the package alone, streamed', ours: streamed },
      { what: 'the package alone, whole', ours: whole },
    ],
    notes: [
      `an answer of ${WORDS.length} words, from a fetch that answers at once; conversable streams in both lines`,
      `with all that is on by default: retries, two deadlines, cancelling, usage; ${calls} calls in one run`,
      'the shortest of many short measurements, as it is the difference between two of them that counts',
    ],
  }
}

async function readStream(): Promise<void> {
  const { stream } = await model.doStream({ prompt: PROMPT })
  const reader = stream.getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (value.type === 'text-delta') text += value.delta
  }
  check(text)
}

/** As the calls of one run, which share its cancellation and its meter. */
async function askInOneRun(calls: number): Promise<void> {
  const cancellation = new RunCancellation()
  const prices = { of: () => undefined }
  const usage = new UsageMeter()
  const context = { cancellation, runtime: inlineRuntime, usage, prices, budget: undefined, emit() {} }
  await repeat(calls, async () => {
    const { text } = await client.ask({ agent: 'a', purpose: 'reply', prompt: PROMPT, step: 's' }, context)
    check(text)
  })
  cancellation.close()
}

async function readStreamWithAi(): Promise<void> {
  check(await streamText({ model, prompt: QUESTION }).text)
}

async function generate(): Promise<void> {
  const { content } = await model.doGenerate({ prompt: PROMPT })
  const [part] = content
  check(part?.type === 'text' ? part.text : '')
}

async function generateWithAi(): Promise<void> {
  check((await generateText({ model, prompt: QUESTION })).text)
}

function check(text: string | undefined): void {
  if (text !== ANSWER) throw new Error(`The model said ${text}.`)
}

async function answerAtOnce(_url: unknown, init: RequestInit | undefined): Promise<Response> {
  const isStream = typeof init?.body === 'string' && init.body.includes('"stream":true')
  const [body, type] = isStream ? [STREAM, 'text/event-stream'] : [WHOLE, 'application/json']
  return new Response(body, { headers: { 'content-type': type } })
}

const ABOUT = { id: 'c1', created: 1, model: 'gpt-5' }
const USAGE = { prompt_tokens: 9, completion_tokens: 16, total_tokens: 25 }
const WHOLE = JSON.stringify({
  ...ABOUT,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }],
  usage: USAGE,
})
const STREAM = [
  ...WORDS.map((content) => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })),
  { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  { choices: [], usage: USAGE },
]
  .map((chunk) => `data: ${JSON.stringify({ ...ABOUT, object: 'chat.completion.chunk', ...chunk })}\n\n`)
  .join('')
