import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { stepKey, type Agent } from '../agent.ts'
import { textOf } from '../message.ts'
import { askModel } from '../model/model-client.ts'
import { offersStructuredOutput } from '../model/structured-output.ts'
import { promptFor, promptOf, promptView } from '../model/prompt.ts'
import { speakerNamesOf } from '../model/speaker-names.ts'
import type { LlmConfig } from '../ports/model.ts'
import type { Group, Selected, Selection } from './group.ts'
import { mentionedNames } from './mentions.ts'
import { nextInOrder } from './order.ts'
import { filled } from './texts.ts'

/** The selector is none of the members, so it sees what all of them may see. */
const NOBODY = ''
/** The names under which AutoGen lets the selector and its examiner talk. */
const EXAMINER = 'checking_agent'
const SELECTOR = 'speaker_selection_agent'

/**
 * Asks a model who speaks next, and again with a hint when its answer does not name one candidate. If it never does,
 * or if there is no model, the group's fallback decides.
 */
export async function selectByModel(selection: Selection): Promise<Selected | undefined> {
  const { group, candidates } = selection
  const { llmConfig, maxRetriesForSelectingSpeaker: retries } = group
  if (!llmConfig) return fallback(selection, 0)
  const { prompt, transcript } = await openingPrompt(selection)
  say(selection, EXAMINER, question(group, candidates) ?? '')
  for (let attempt = 1; attempt <= retries + 1; attempt++) {
    const closing = prompt.length - transcript
    const answer = await ask(selection, { llmConfig, prompt, closing, attempt })
    say(selection, SELECTOR, answer)
    const names = mentionedNames(
      answer,
      candidates.map(({ name }) => name),
    )
    const speaker = names.length === 1 ? candidates.find(({ name }) => name === names[0]) : undefined
    tell(selection, verdict({ attempt, attempts: retries + 1, names }))
    if (speaker) return { speaker, rule: 'auto', candidates: candidates.map(({ name }) => name), requests: attempt }
    if (attempt > retries) break
    const { selectSpeakerAutoMultipleTemplate: several, selectSpeakerAutoNoneTemplate: none } = group
    const hint = filled(names.length > 1 ? several : none, candidates)
    say(selection, EXAMINER, hint)
    prompt.push(spoken('assistant', SELECTOR, answer), spoken(group.roleForSelectSpeakerMessages, EXAMINER, hint))
  }
  return fallback(selection, retries + 1)
}

async function ask(
  { group, candidates, turn }: Selection,
  {
    llmConfig,
    prompt,
    closing,
    attempt,
  }: {
    readonly llmConfig: LlmConfig
    readonly prompt: LanguageModelV4Prompt
    readonly closing: number
    readonly attempt: number
  },
): Promise<string> {
  const structured = offersStructuredOutput(llmConfig, group.selectSpeakerStructuredOutput)
  const answer = await askModel(
    llmConfig,
    {
      agent: group.manager,
      purpose: 'select-speaker',
      prompt: prompt.slice(),
      step: stepKey(turn, `select-speaker.${turn.conversation.messages.length}.${attempt}`),
      source: { conversation: turn.conversation, viewer: NOBODY, closing },
      ...(structured && { schema: { name: 'next_speaker', json: nameSchema(candidates) } }),
    },
    turn,
  )
  return answer.text ?? ''
}

function nameSchema(candidates: readonly Agent[]): Record<string, unknown> {
  const next = { type: 'string', enum: candidates.map(({ name }) => name) }
  return { type: 'object', properties: { next }, required: ['next'], additionalProperties: false }
}

/** System message, the transcript as nobody's own, and the question; and how far the transcript reaches. */
async function openingPrompt({ group, candidates, turn }: Selection): Promise<{
  readonly prompt: LanguageModelV4Prompt
  readonly transcript: number
}> {
  const prompt: LanguageModelV4Prompt = [
    { role: 'system', content: filled(group.selectSpeakerMessageTemplate, candidates) },
    ...(await transcriptFor(turn, group)),
  ]
  const transcript = prompt.length
  const text = question(group, candidates)
  if (text !== undefined) prompt.push(spoken(group.roleForSelectSpeakerMessages, EXAMINER, text))
  return { prompt, transcript }
}

/** What was kept to some members is left out, and so are calls that are still to be answered: the selector is not to
 * answer them. */
async function transcriptFor(
  turn: Selection['turn'],
  { llmConfig, selectSpeakerTransformMessages: transforms }: Group,
): Promise<LanguageModelV4Prompt> {
  const { conversation } = turn
  const names = llmConfig ? speakerNamesOf(llmConfig) : 'metadata'
  const all = conversation.messagesFor(NOBODY)
  const messages = transforms ? await transforms.transform(all, turn) : all
  const last = messages.at(-1)
  if (messages === all && !last?.toolCalls) return promptOf(promptView(NOBODY, names), conversation)
  if (!last?.toolCalls) return promptFor(NOBODY, messages, { inGroup: true, names })
  const before = promptFor(NOBODY, messages.slice(0, -1), { inGroup: true, names })
  return [...before, spoken('assistant', last.by ?? last.name, textOf({ content: last.content }))]
}

function question({ selectSpeakerPromptTemplate: template }: Group, candidates: readonly Agent[]): string | undefined {
  return template === null ? undefined : filled(template, candidates)
}

function spoken(role: 'system' | 'user' | 'assistant', name: string, text: string): LanguageModelV4Message {
  const providerOptions = { conversable: { name } }
  if (role === 'system') return { role, content: text, providerOptions }
  return { role, content: [{ type: 'text', text }], providerOptions }
}

function fallback(selection: Selection, requests: number): Selected | undefined {
  const { group, candidates } = selection
  const { selectSpeakerFallback: named } = group
  if (named === 'none') return undefined
  const speaker = named === 'round_robin' || !candidates.includes(named) ? nextInOrder(selection) : named
  return speaker && { speaker, rule: 'fallback', candidates: candidates.map(({ name }) => name), requests }
}

function verdict({
  attempt,
  attempts,
  names,
}: {
  readonly attempt: number
  readonly attempts: number
  readonly names: readonly string[]
}): string {
  const start = '>>>>>>>> Select speaker attempt'
  if (names.length === 1) return `${start} ${attempt} of ${attempts} successfully selected: ${names[0]}`
  if (names.length > 1) return `${start} ${attempt} of ${attempts} failed as it included multiple agent names.`
  return `${start} #${attempt} failed as it did not include any agent names.`
}

function say({ group, turn }: Selection, from: string, text: string): void {
  if (group.selectSpeakerAutoVerbose)
    turn.emit({ type: 'selection-message', from, to: from === EXAMINER ? SELECTOR : EXAMINER, text })
}

function tell({ group, turn }: Selection, text: string): void {
  if (group.selectSpeakerAutoVerbose) turn.emit({ type: 'notice', text })
}
