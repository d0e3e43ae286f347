import { createAnthropic } from '@ai-sdk/anthropic'
import { createDeepSeek } from '@ai-sdk/deepseek'
import { createGoogle } from '@ai-sdk/google'
import { createMistral } from '@ai-sdk/mistral'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { ModelEntry } from 'conversable'
import { createOllama } from 'ollama-ai-provider-v2'
import { anthropic } from './anthropic.ts'
import { compatible } from './compatible.ts'
import { deepseek } from './deepseek.ts'
import { gemini } from './gemini.ts'
import { mistral } from './mistral.ts'
import { ollama } from './ollama.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import type { Script, StrictProvider } from './strict-server.ts'

/** A fake provider, and the model behind it as its real package makes it. */
export interface Provided {
  readonly provider: () => StrictProvider
  /** How an agent asks the model at an address. */
  readonly llmConfig: (url: string) => ModelEntry
  /** Whether the model shows what it thinks. */
  readonly thinks: boolean
  /** Whether the model has no tools, so that it writes its calls. Default `false`. */
  readonly writesCalls?: boolean
}

/** A script as a model of that kind says it. */
export function scriptFor({ thinks, writesCalls = false }: Provided, script: Script): Script {
  return (asked) => {
    const { thought, text = '', calls = [] } = script(asked)
    const written = calls.map(({ thought: _hidden, ...call }) => `\`\`\`tool_call\n${JSON.stringify(call)}\n\`\`\``)
    return {
      text: writesCalls ? [text, ...written].filter(Boolean).join('\n\n') : text,
      ...(thinks && thought !== undefined && { thought }),
      ...(!writesCalls && { calls }),
    }
  }
}

const apiKey = 'no-key'

/** The models that everything is tried with. */
export const PROVIDERS: Readonly<Record<string, Provided>> = {
  'OpenAI chat completions': {
    provider: openaiChat,
    llmConfig: (baseURL) => ({ model: createOpenAI({ baseURL, apiKey }).chat('gpt-4.1') }),
    thinks: false,
  },
  'OpenAI responses': {
    provider: openaiResponses,
    llmConfig: (baseURL) => ({ model: createOpenAI({ baseURL, apiKey })('gpt-5') }),
    thinks: true,
  },
  'OpenAI responses without storage': {
    provider: openaiResponses,
    llmConfig: (baseURL) => ({
      model: createOpenAI({ baseURL, apiKey })('gpt-5'),
      providerOptions: { openai: { store: false } },
    }),
    thinks: true,
  },
  'Anthropic messages': {
    provider: anthropic,
    llmConfig: (url) => ({ model: createAnthropic({ baseURL: `${url}/v1`, apiKey })('claude-sonnet-4-5') }),
    thinks: false,
  },
  'Anthropic messages with thinking': {
    provider: anthropic,
    llmConfig: (url) => ({
      model: createAnthropic({ baseURL: `${url}/v1`, apiKey })('claude-sonnet-4-5'),
      providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 1_024 } } },
    }),
    thinks: true,
  },
  'Gemini 2.5': {
    provider: gemini,
    llmConfig: (url) => ({ model: createGoogle({ baseURL: `${url}/v1beta`, apiKey })('gemini-2.5-flash') }),
    thinks: false,
  },
  'Gemini 3': {
    provider: gemini,
    llmConfig: (url) => ({ model: createGoogle({ baseURL: `${url}/v1beta`, apiKey })('gemini-3-pro-preview') }),
    thinks: true,
  },
  Mistral: {
    provider: mistral,
    llmConfig: (baseURL) => ({ model: createMistral({ baseURL, apiKey })('mistral-large-latest') }),
    thinks: false,
  },
  'Mistral with thinking': {
    provider: mistral,
    llmConfig: (baseURL) => ({ model: createMistral({ baseURL, apiKey })('magistral-medium-latest') }),
    thinks: true,
  },
  'DeepSeek reasoner': {
    provider: deepseek,
    llmConfig: (baseURL) => ({ model: createDeepSeek({ baseURL, apiKey })('deepseek-reasoner') }),
    thinks: true,
  },
  'DeepSeek V4': {
    provider: deepseek,
    llmConfig: (baseURL) => ({ model: createDeepSeek({ baseURL, apiKey })('deepseek-v4-pro') }),
    thinks: true,
  },
  Ollama: {
    provider: ollama,
    llmConfig: (url) => ({ model: createOllama({ baseURL: `${url}/api` })('llama3.2') }),
    thinks: false,
  },
  'Ollama with thinking': {
    provider: ollama,
    llmConfig: (url) => ({
      model: createOllama({ baseURL: `${url}/api` })('qwen3'),
      providerOptions: { ollama: { think: true } },
    }),
    thinks: true,
  },
  'Ollama without tools': {
    provider: ollama,
    llmConfig: (url) => ({ model: createOllama({ baseURL: `${url}/api` })('gemma3'), toolCalls: 'text' }),
    thinks: false,
    writesCalls: true,
  },
  'a server that speaks OpenAI’s protocol': {
    provider: compatible,
    llmConfig: (baseURL) => ({ model: createOpenAICompatible({ name: 'local', baseURL })('smollm2') }),
    thinks: true,
  },
  'such a server through OpenAI’s package': {
    provider: compatible,
    llmConfig: (baseURL) => ({ model: createOpenAI({ name: 'local', baseURL, apiKey }).chat('smollm2') }),
    thinks: false,
  },
}
