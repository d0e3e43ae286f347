import { z } from 'zod'
import { must, parsed } from './refusal.ts'
import { event, piecesOf, type Answer, type StrictProvider } from './strict-server.ts'

/** What Google documents for calls whose signature is not to be had. */
const SENTINEL = 'skip_thought_signature_validator'

const signature = z.string().optional()
const part = z.union([
  z.strictObject({ text: z.string(), thought: z.boolean().optional(), thoughtSignature: signature }),
  z.strictObject({
    functionCall: z.strictObject({ id: z.string().optional(), name: z.string(), args: z.looseObject({}) }),
    thoughtSignature: signature,
  }),
  z.strictObject({
    functionResponse: z.strictObject({ id: z.string().optional(), name: z.string(), response: z.looseObject({}) }),
  }),
  z.strictObject({ inlineData: z.looseObject({}) }),
  z.strictObject({ fileData: z.looseObject({}) }),
])
const content = z.strictObject({
  // "Please use a valid role: user, model."
  role: z.enum(['user', 'model']),
  // "* GenerateContentRequest.contents[0].parts: contents.parts must not be empty."
  parts: z.array(part).min(1),
})
const body = z.looseObject({
  systemInstruction: z.strictObject({ parts: z.array(z.strictObject({ text: z.string() })).min(1) }).optional(),
  // "* GenerateContentRequest.contents: contents is not specified"
  contents: z.array(content).min(1),
  tools: z.unknown().optional(),
  generationConfig: z.looseObject({ responseMimeType: z.string().optional() }).optional(),
})
type Part = z.infer<typeof part>
type Content = z.infer<typeof content>

/** @see https://ai.google.dev/api/generate-content, /gemini-api/docs/function-calling, /gemini-api/docs/thought-signatures */
export function gemini(): StrictProvider {
  const signatures = new Set([SENTINEL])
  return {
    path: '/v1beta/models/',
    read(request) {
      const asked = parsed(body, request.body)
      const model = /models\/([^:]+):streamGenerateContent/.exec(request.path)?.[1] ?? ''
      checkTurns(asked.contents)
      checkCalls(asked.contents)
      if (model.startsWith('gemini-3')) checkSignatures(asked.contents, signatures)
      return {
        model,
        system: asked.systemInstruction?.parts.map((one) => one.text).join('\n') ?? '',
        body: JSON.stringify(asked),
        tools: namesOf(asked.tools),
        json: asked.generationConfig?.responseMimeType === 'application/json',
      }
    },
    write(answer) {
      const signed = `signature-${signatures.size}`
      signatures.add(signed)
      return eventsOf(answer, signed)
    },
    refuse: (refusal) => ({ error: { code: 400, message: refusal.message, status: 'INVALID_ARGUMENT' } }),
  }
}

function namesOf(tools: unknown): string[] {
  const declared = z.array(z.looseObject({ functionDeclarations: z.array(z.looseObject({ name: z.string() })) }))
  const names =
    parsed(declared.optional(), tools)?.flatMap((tool) => tool.functionDeclarations.map(({ name }) => name)) ?? []
  for (const name of names) {
    must(
      /^[a-zA-Z_][\w.:-]{0,63}$/.test(name),
      'Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.) or dashes (-), with a maximum length of 64.',
    )
  }
  return names
}

function checkTurns(contents: readonly Content[]): void {
  must(contents[0]?.role === 'user', "First content should be with role 'user', got model")
  must(
    contents.at(-1)?.role === 'user',
    'Please ensure that multiturn requests end with a user role or a function response.',
  )
  for (const [index, { parts }] of contents.entries()) {
    must(
      parts.every((one) => !('text' in one) || one.text !== ''),
      `contents[${index}]: Unable to submit request because it must have a text parameter.`,
    )
  }
}

function checkCalls(contents: readonly Content[]): void {
  for (const [index, { parts }] of contents.entries()) {
    const called = namesOfCalls(parts)
    const answered = namesOfResponses(parts)
    const before = contents[index - 1]
    must(
      called.length === 0 || before?.role === 'user',
      'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
    )
    must(
      answered.length === 0 || namesOfCalls(before?.parts ?? []).length > 0,
      'Please ensure that function response turn comes immediately after a function call turn.',
    )
    const expected = namesOfCalls(before?.parts ?? [])
    must(
      answered.join() === expected.join(),
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    )
  }
}

function namesOfCalls(parts: readonly Part[]): string[] {
  return parts.flatMap((one) => ('functionCall' in one ? [one.functionCall.name] : []))
}

function namesOfResponses(parts: readonly Part[]): string[] {
  return parts.flatMap((one) => ('functionResponse' in one ? [one.functionResponse.name] : []))
}

/**
 * Gemini 3: in the current turn (behind the last message that is no function response), the first call of each step must
 * come with the signature that it came with.
 */
function checkSignatures(contents: readonly Content[], known: ReadonlySet<string>): void {
  const turn = contents.findLastIndex(({ role, parts }) => role === 'user' && namesOfResponses(parts).length === 0)
  for (const [index, { parts }] of contents.entries()) {
    for (const one of parts) {
      const given = 'thoughtSignature' in one ? one.thoughtSignature : undefined
      must(given === undefined || known.has(given), 'Corrupted thought signature.')
    }
    const first = parts.find((one) => 'functionCall' in one)
    must(
      index < turn || !first || first.thoughtSignature !== undefined,
      `Function call is missing a thought_signature in functionCall parts. Additional data, function call ` +
        `\`default_api:${first?.functionCall.name}\`, position ${index}.`,
    )
  }
}

function eventsOf({ thought = '', text = '', calls = [] }: Answer, thoughtSignature: string): string[] {
  const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 }
  const chunk = (parts: object[], finishReason?: string): string =>
    event({ candidates: [{ content: { role: 'model', parts }, finishReason, index: 0 }], usageMetadata })
  return [
    ...piecesOf(thought).map((piece) => chunk([{ text: piece, thought: true }])),
    ...piecesOf(text).map((piece) => chunk([{ text: piece }])),
    // Of calls in one answer, the first one alone has a signature.
    ...calls.map((call, index) =>
      chunk([{ functionCall: { name: call.name, args: call.arguments }, ...(index === 0 && { thoughtSignature }) }]),
    ),
    chunk([{ text: '', ...(calls.length === 0 && { thoughtSignature }) }], 'STOP'),
  ]
}
