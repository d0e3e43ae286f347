import type { LanguageModelV4CallOptions, LanguageModelV4StreamResult } from '@ai-sdk/provider'
import { ScriptedModel, type ScriptedAnswer } from 'conversable/testing'
import { given } from './given.ts'
import type { ModelItem } from './scenario.ts'
import { wirePrompt } from './wire.ts'

/** The scripted model of one agent, which notes its requests among those of all agents. */
export class RecordingModel extends ScriptedModel {
  readonly #agent: string
  readonly #requests: unknown[]

  constructor(agent: string, script: readonly ModelItem[], requests: unknown[]) {
    super(script.map(answerOf), { modelId: agent })
    this.#agent = agent
    this.#requests = requests
  }

  override async doStream(options: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
    const { prompt, tools, providerOptions } = options
    const purpose = providerOptions?.['conversable']?.['purpose']
    const request = {
      agent: this.#agent,
      for: purpose === 'reply' ? undefined : (purpose ?? 'unknown'),
      messages: wirePrompt(prompt),
      tools: tools?.map((tool) => tool.name),
    }
    this.#requests.push(given(request))
    return super.doStream(options)
  }
}

function answerOf(item: ModelItem): ScriptedAnswer {
  return typeof item === 'string' ? item : { ...item }
}
