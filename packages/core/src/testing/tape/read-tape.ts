import { checkJson } from '../../tools/check-json.ts'
import { quote } from '../../util/quote.ts'
import { wholeLists } from './shared-lists.ts'
import { TapeError } from './tape-error.ts'
import type { Tape } from './tape.ts'

const EVENT = Object.freeze({
  type: 'object',
  properties: { type: { type: 'string' } },
  required: ['type'],
  additionalProperties: {},
})
const SCHEMA = Object.freeze({
  type: 'object',
  properties: {
    format: { const: 'conversable-tape' },
    version: { const: 1 },
    clock: { type: 'array', items: { type: 'number' } },
    chance: { type: 'array', items: { type: 'number' } },
    steps: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          step: { type: 'string' },
          agent: { type: 'string' },
          input: {},
          events: { type: 'array', items: EVENT },
          result: {},
          error: { type: 'object', additionalProperties: {} },
        },
        required: ['step'],
        additionalProperties: false,
      },
    },
  },
  required: ['format', 'version', 'steps'],
  additionalProperties: false,
})
const MAX_DEPTH = 200

/**
 * Reads a tape, from its text or from what JSON gave.
 *
 * @throws TapeError when it is none, or one of another version.
 */
export function readTape(source: unknown): Tape {
  const data = typeof source === 'string' ? parsed(source) : source
  if (isDeeper(data, MAX_DEPTH)) {
    throw new TapeError(
      `The tape is nested more than ${MAX_DEPTH} levels deep, which no recording is. Record it again.`,
    )
  }
  const { issues } = checkJson(data, SCHEMA)
  if (issues) {
    const more = issues.length > 3 ? `, and ${issues.length - 3} more` : ''
    throw new TapeError(
      `This is no tape of version 1: ${issues.slice(0, 3).join('; ')}${more}. Give what a TapeRecorder wrote, or record again.`,
    )
  }
  // Just checked.
  const tape = data as Tape
  return { ...tape, steps: wholeLists(tape.steps) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new TapeError(`The tape is no JSON: it begins with ${quote(text)}. Give the text of a recording.`, {
      cause: error,
    })
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}
