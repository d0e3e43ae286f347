import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'

/** What a provider asks of a prompt, beside what every provider asks. */
export interface PromptRules {
  /** Where system messages may stand. Where they stand `first` alone, later ones become the user's. */
  readonly system: 'anywhere' | 'first'
  /**
   * Whether the first and the last message must be the user's (or results of calls), and no two of the assistant's may
   * stand side by side: `strict`. Where two of the user's may not, either, they are `joined`.
   */
  readonly turns: 'free' | 'strict' | 'joined'
  /** Whether the assistant must speak between results of calls and the user. */
  readonly answerAfterResults: boolean
  /** Whether calls must come with what the model thought before them: where it thinks, so as it is asked. */
  readonly callsNeedThoughts: (model: string, options: Pick<LanguageModelV4CallOptions, 'providerOptions'>) => boolean
  /** Ids of calls that are taken. */
  readonly callId: RegExp
}

const STRICT: PromptRules = Object.freeze({
  system: 'first',
  turns: 'strict',
  answerAfterResults: false,
  callsNeedThoughts: () => false,
  callId: /^[\w-]{1,64}$/,
})

/**
 * The rules of the providers, by what their ids are known by; the first that fits counts.
 *
 * The last one is for hosts that speak OpenAI's protocol under names of their own (`groq.chat`, `lmstudio.chat`): the
 * templates of open models refuse what OpenAI takes.
 */
const RULES: readonly (readonly [RegExp, PromptRules])[] = Object.freeze([
  [/anthropic/, { ...STRICT, callsNeedThoughts: ifEnabled('anthropic', 'thinking') }],
  [/bedrock/, { ...STRICT, callsNeedThoughts: ifEnabled('bedrock', 'reasoningConfig') }],
  [/google|vertex|ollama/i, STRICT],
  [/^mistral\b/, { ...STRICT, answerAfterResults: true, callId: /^[a-zA-Z0-9]{9}$/ }],
  [
    /^deepseek\b/,
    {
      ...STRICT,
      turns: 'joined',
      callsNeedThoughts: ifEnabled('deepseek', 'thinking', (model) => !model.endsWith('-chat')),
    },
  ],
  [/^(?:openai|azure)\b/, { ...STRICT, system: 'anywhere', turns: 'free', callId: /^[\w-]{1,40}$/ }],
  [/\.chat$/, { ...STRICT, turns: 'joined', answerAfterResults: true, callId: /^[\w-]{1,40}$/ }],
])

/** All of them in one, for this is asked before every request. */
const KNOWN = Object.freeze(new RegExp(RULES.map(([id]) => id.source).join('|'), 'i'))

/** The rules for a model of that provider; none for a provider that is not known, which gets prompts as they are. */
export function promptRulesOf(provider: string): PromptRules | undefined {
  return KNOWN.test(provider) ? RULES.find(([id]) => id.test(provider))?.[1] : undefined
}

/** Whether a setting `{ type: … }` of a provider is `enabled`, or is left to models that think by themselves. */
function ifEnabled(
  provider: string,
  setting: string,
  byDefault: (model: string) => boolean = () => false,
): PromptRules['callsNeedThoughts'] {
  return (model, { providerOptions }) => {
    const value = providerOptions?.[provider]?.[setting]
    if (typeof value !== 'object' || value === null || !('type' in value)) return byDefault(model)
    return value['type'] === 'enabled'
  }
}
