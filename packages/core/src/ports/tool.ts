import type { Message } from '../message.ts'
import type { ChatContext } from './chat-context.ts'

/** A JSON Schema as plain data. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** What a tool is told of the call beside its arguments. Chats that it holds join the run: `{ parent: context }`. */
export interface ToolContext extends ChatContext {
  readonly callId: string
  /** The same whenever this call is run again, after a crash for example: outside systems can tell that it is one. */
  readonly idempotencyKey: string
  /** The agent that runs the tool. */
  readonly agent: string
  /** The agent whose message has the call. */
  readonly caller: string
  /** The transcript as the agent that runs the tool may see it, the message with the call included. */
  readonly messages: readonly Message[]
}

/** What came of checking arguments: the value with its defaults filled in, or what is wrong with it. */
export type CheckedArguments =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly string[] }

/** What a model is told of a tool. */
export interface ToolSpec {
  readonly name: string
  readonly description: string
  /** JSON Schema of the arguments, an object. */
  readonly parameters: JsonSchema
}

/** A tool: what a model is told, and what an agent runs. Made by `tool()`. */
export interface Tool extends ToolSpec {
  /** The tool takes steps of its own (it holds a chat, say), so it is not run as one step. */
  readonly ownSteps: boolean
  /** Running the tool ends the chat, after its result was sent. */
  readonly endsChat: boolean
  /** The tool is meant to be called again with the same arguments: that is no sign of a chat without progress. */
  readonly pollable: boolean
  /** Holds parsed arguments against the schema. */
  check(args: unknown): CheckedArguments | Promise<CheckedArguments>
  /** Runs the tool with checked arguments and gives a text, or JSON data. */
  execute(args: unknown, context: ToolContext): unknown
}
