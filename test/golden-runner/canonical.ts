import { isObject, type JsonObject } from './differences.ts'
import type { Scenario } from './scenario.ts'

/**
 * Brings the turns of a scenario into the form in which they are compared: beside calls an empty text is no text, and
 * names that AutoGen adds or leaves out are left out.
 */
export function canonicalTurns(turns: readonly unknown[], { order }: Pick<Scenario, 'order'>): unknown {
  const messages = turns.map(canonicalMessage)
  return order ? grouped(messages, pairOf) : messages
}

/** As {@link canonicalTurns}, for requests: the arguments of calls are JSON there, as providers are given them. */
export function canonicalRequests(requests: readonly unknown[], { order }: Pick<Scenario, 'order'>): unknown {
  const sent = requests.map((request) => {
    if (!isObject(request)) return request
    return { ...request, messages: listOf(request['messages']).map(canonicalMessage).map(withParsedArguments) }
  })
  return order ? grouped(sent, agentOf) : sent
}

/** A reply outside of a chat: a text equals a message of that content alone. It belongs to nobody, so it has no role. */
export function canonicalResults(results: readonly unknown[]): unknown {
  return results.map((result) => {
    if (!isObject(result)) return result
    const { reply, message } = result
    if ('reply' in result) return { reply: withoutRole(typeof reply === 'string' ? { content: reply } : reply) }
    return 'message' in result ? { ...result, message: withoutRole(message) } : result
  })
}

/** Runs of tools with the defaults of their schemas filled in. */
export function canonicalExecutions(executions: readonly unknown[], { tools = {} }: Scenario): unknown {
  return executions.map((execution) => {
    if (!isObject(execution)) return execution
    const schema = tools[String(execution['tool'])]?.parameters
    return { ...execution, arguments: withDefaults(execution['arguments'], schema) }
  })
}

/** Histories without empty ones: AutoGen has one as soon as two agents were made ready to talk. */
export function canonicalHistories(histories: unknown): unknown {
  const owners = Object.entries(isObject(histories) ? histories : {}).map(([owner, partners]) => {
    const kept = Object.entries(isObject(partners) ? partners : {}).flatMap(([partner, messages]) => {
      const list = listOf(messages)
      return list.length > 0 ? [[partner, list.map(canonicalMessage)]] : []
    })
    return [owner, Object.fromEntries(kept)] as const
  })
  return Object.fromEntries(owners.filter(([, partners]) => Object.keys(partners).length > 0))
}

function canonicalMessage(message: unknown): unknown {
  if (!isObject(message)) return message
  const calls = listOf(message['tool_calls']).length > 0
  const { name, content, ...rest } = message
  return {
    ...rest,
    ...(!calls && message['role'] !== 'tool' && { name }),
    ...(!(calls && content === '') && { content }),
  }
}

function withParsedArguments(message: unknown): unknown {
  if (!isObject(message) || !Array.isArray(message['tool_calls'])) return message
  const calls = message['tool_calls'].map((call: unknown) => {
    if (!isObject(call) || !isObject(call['function'])) return call
    return { ...call, function: { ...call['function'], arguments: inputOf(call['function']['arguments']) } }
  })
  return { ...message, tool_calls: calls }
}

/** Arguments as a provider is given them: an object. A text that is none stands under a key of its own. */
function inputOf(text: unknown): unknown {
  if (typeof text !== 'string') return text
  try {
    const parsed: unknown = JSON.parse(text)
    if (isObject(parsed)) return parsed
  } catch {
    // Malformed on purpose.
  }
  return { malformed_arguments: text }
}

function withoutRole(message: unknown): unknown {
  if (!isObject(message)) return message
  const { role: _role, ...rest } = message
  return rest
}

function withDefaults(value: unknown, schema: unknown): unknown {
  if (!isObject(value) || !isObject(schema) || !isObject(schema['properties'])) return value
  const filled: Record<string, unknown> = { ...value }
  for (const [key, property] of Object.entries(schema['properties'])) {
    if (!isObject(property)) continue
    const preset = Object.hasOwn(filled, key) ? filled[key] : property['default']
    if (preset !== undefined) filled[key] = withDefaults(preset, property)
  }
  return filled
}

function grouped(items: readonly unknown[], groupOf: (item: JsonObject) => string): Record<string, unknown[]> {
  const groups: Record<string, unknown[]> = {}
  for (const item of items) (groups[isObject(item) ? groupOf(item) : ''] ??= []).push(item)
  return groups
}

function pairOf({ from, to }: JsonObject): string {
  return [String(from), String(to)].toSorted().join(' and ')
}

function agentOf({ agent }: JsonObject): string {
  return String(agent)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
