import { expect, test } from 'vitest'
import type { Channels } from './channels.ts'
import { KernelClient } from './kernel-client.ts'
import type { Channel, Content, KernelMessage } from './message.ts'

/** A kernel that says what it is told to say. */
class ScriptedChannels implements Channels {
  listener: (message: KernelMessage) => void = () => {}
  readonly sent: { readonly channel: Channel; readonly type: string; readonly content: Content }[] = []

  send(channel: Exclude<Channel, 'iopub'>, type: string, content: Content): string {
    this.sent.push({ channel, type, content })
    return `m${this.sent.length}`
  }

  say(channel: Channel, type: string, parentId: string, content: Content = {}): void {
    this.listener({ channel, type, id: 'x', parentId, content })
  }

  close(): void {}
}

test('a kernel is ready once it was heard on all its channels', async () => {
  const channels = new ScriptedChannels()
  let isReady = false
  const ready = new KernelClient(channels).ready(new AbortController().signal).then(() => (isReady = true))

  channels.say('shell', 'kernel_info_reply', 'm1')
  channels.say('control', 'kernel_info_reply', 'm2')
  await Promise.resolve()
  expect(isReady).toBe(false)
  channels.say('iopub', 'status', 'm1', { execution_state: 'busy' })
  await ready
})

test('a cell is done when it is answered and idle, and what belongs to others is left out', async () => {
  const channels = new ScriptedChannels()
  const seen: string[] = []
  const running = new KernelClient(channels).run('print(1)', { onStream: (stream, text) => seen.push(stream, text) })

  channels.say('iopub', 'stream', 'another', { name: 'stdout', text: 'late' })
  channels.say('iopub', 'stream', 'm1', { name: 'stdout', text: '1\n' })
  channels.say('iopub', 'stream', 'm1', { name: 'stderr', text: 3 })
  channels.say('iopub', 'status', 'm1', { execution_state: 'idle' })
  channels.say('shell', 'execute_reply', 'm1', { status: 'error', ename: 'E', evalue: 'v', traceback: ['a', 'b'] })

  expect(await running).toEqual({ error: { name: 'E', value: 'v', traceback: ['a', 'b'] } })
  expect(seen).toEqual(['stdout', '1\n'])
})

test('a question is answered on its own channel, and its prompt is seen', () => {
  const channels = new ScriptedChannels()
  const seen: string[] = []
  const watcher = { onInput: () => 'Ada', onStream: (_stream: string, text: string) => seen.push(text) }
  void new KernelClient(channels).run('input("name? ")', watcher)
  channels.say('stdin', 'input_request', 'm1', { prompt: 'name? ' })

  expect(channels.sent.map(({ channel, type }) => `${channel} ${type}`)).toEqual([
    'shell execute_request',
    'stdin input_reply',
  ])
  expect(channels.sent.map(({ content }) => content['allow_stdin'] ?? content['value'])).toEqual([true, 'Ada'])
  expect(seen).toEqual(['name? '])
})

test('a kernel that is started again has died', async () => {
  const channels = new ScriptedChannels()
  const { died } = new KernelClient(channels)
  channels.say('iopub', 'status', '', { execution_state: 'restarting' })

  await died
})
