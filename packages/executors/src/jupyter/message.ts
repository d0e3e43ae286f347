import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'

/** The channels of a kernel that messages are exchanged on. */
export type Channel = 'shell' | 'iopub' | 'stdin' | 'control'

/** What a message says. Everything in it comes from the program that runs, and may be anything. */
export type Content = Readonly<Record<string, unknown>>

/** A message of the Jupyter protocol. */
export interface KernelMessage {
  readonly channel: Channel
  /** Such as `execute_reply`. */
  readonly type: string
  readonly id: string
  /** The id of the message that it answers. */
  readonly parentId?: string
  readonly content: Content
}

/** The header of a message as it is sent. */
export interface Header {
  readonly msg_id: string
  readonly session: string
  readonly username: string
  readonly date: string
  readonly msg_type: string
  readonly version: string
}

/** The version of the protocol that is spoken here. */
const VERSION = '5.3'
const DELIMITER = '<IDS|MSG>'

/** The header of a new message. */
export function headerOf(type: string, session: string): Header {
  const date = new Date().toISOString()
  return { msg_id: randomUUID(), session, username: 'conversable', date, msg_type: type, version: VERSION }
}

/** A message as frames, signed with the key that the kernel was started with. */
export function toFrames(header: Header, content: Content, key: string): string[] {
  const parts = [header, {}, {}, content].map((part) => JSON.stringify(part))
  return [DELIMITER, signature(parts, key), ...parts]
}

/**
 * Reads frames.
 *
 * @returns Nothing if they are no message, or are not signed with the key.
 */
export function fromFrames(channel: Channel, frames: readonly Buffer[], key: string): KernelMessage | undefined {
  // In front of it stand addresses.
  const start = frames.findIndex((frame) => frame.equals(Buffer.from(DELIMITER)))
  const [signed, ...parts] = frames.slice(start + 1, start + 6)
  if (start === -1 || !signed || parts.length < 4) return undefined
  const expected = Buffer.from(signature(parts, key))
  if (signed.length !== expected.length || !timingSafeEqual(signed, expected)) return undefined
  try {
    const [header, parent, , content] = parts.map((part): unknown => JSON.parse(part.toString('utf8')))
    return toMessage(channel, { header, parent_header: parent, content })
  } catch {
    return undefined
  }
}

/** Checks what was read as JSON. Gives nothing if it is no message. */
export function toMessage(
  channel: Channel,
  { header, parent_header: parent, content }: Content,
): KernelMessage | undefined {
  if (!isObject(header) || !isObject(content)) return undefined
  const { msg_type: type, msg_id: id } = header
  if (typeof type !== 'string' || typeof id !== 'string') return undefined
  const parentId = isObject(parent) ? parent['msg_id'] : undefined
  return { channel, type, id, ...(typeof parentId === 'string' && { parentId }), content }
}

/** Whether a value is an object with names. */
export function isObject(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function signature(parts: readonly (string | Buffer)[], key: string): string {
  const hmac = createHmac('sha256', key)
  for (const part of parts) hmac.update(part)
  return hmac.digest('hex')
}
