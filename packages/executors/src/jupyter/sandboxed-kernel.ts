import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CodeExecutorError, type ExecutionLimits } from 'conversable'
import { aborted } from '../aborted.ts'
import type { Sandbox } from '../bubblewrap/sandbox.ts'
import { writeInto } from '../code-file.ts'
import { SOCKETS } from '../command-sandbox.ts'
import { WorkFolder } from '../work-folder.ts'
import type { Workplace } from '../workplace.ts'
import { KernelClient } from './kernel-client.ts'
import { KernelProcess } from './kernel-process.ts'
import type { Kernel } from './kernel.ts'
import { PREPARE } from './prepare.ts'
import { PORTS, SOCKET_NAME, ZmqChannels } from './zmq-channels.ts'

/** How long a kernel may take to start. */
const START_MS = 60_000
/** How long a kernel is listened to that has ended. */
const DRAIN_MS = 50
/** What its threads and libraries reserve and do not use. */
const ADDRESS_ROOM_BYTES = 1024 * 1024 * 1024
const CONNECTION = 'connection.json'

/** Starts ipykernel, which on its own would cut characters in two that other programs print. */
const LAUNCH = `
import codecs, os
from ipykernel import iostream, kernelapp
def watch(self):
    decode = codecs.getincrementaldecoder('utf-8')('replace').decode
    while True:
        data = os.read(self._fid, 1 << 16)
        if not data or not self._should_watch:
            return
        self.write(decode(data))
iostream.OutStream._watch_pipe_fd = watch
kernelapp.launch_new_instance()`

/** What lies in the work folder is not imported, and settings are read from nowhere: no program runs before it is asked to. */
const ARGUMENTS = Object.freeze([
  '-I',
  '-B',
  '-c',
  LAUNCH,
  '-f',
  `${SOCKETS}/${CONNECTION}`,
  // It has no parent that it could look after.
  '--IPKernelApp.parent_handle=1',
  '--InteractiveShellApp.ignore_cwd=True',
  '--HistoryManager.enabled=False',
])
const ENVIRONMENT: Readonly<Record<string, string>> = Object.freeze({
  IPYTHONDIR: '/tmp/.ipython',
  XDG_CACHE_HOME: '/tmp/.cache',
  JUPYTER_CONFIG_DIR: '/tmp/.jupyter',
  JUPYTER_RUNTIME_DIR: '/tmp/.jupyter',
  MPLCONFIGDIR: '/tmp/.matplotlib',
  MPLBACKEND: 'module://matplotlib_inline.backend_inline',
  // Each of its threads would reserve addresses of its own.
  MALLOC_ARENA_MAX: '2',
})

/**
 * Starts a kernel in a sandbox, and gives it when it answers.
 *
 * @throws CodeExecutorError when it does not; the signal's reason when that is aborted.
 */
export async function startKernel(
  place: Workplace<Sandbox>,
  limits: ExecutionLimits,
  signal: AbortSignal,
): Promise<Kernel> {
  const python = await Promise.race([place.pythonWith(['ipykernel']), aborted(signal)])
  signal.throwIfAborted()
  if (!python) throw notStarted(NO_IPYKERNEL)
  const key = randomBytes(32).toString('hex')
  const sockets = await WorkFolder.open(undefined, place.uid)
  const until = AbortSignal.any([signal, AbortSignal.timeout(START_MS)])
  let program: KernelProcess | undefined
  try {
    await writeConnection(sockets.path, key, place.uid)
    const { readable } = python
    const command = [python.program, ...ARGUMENTS]
    program = new KernelProcess(place.sandbox, {
      command,
      limits,
      readable,
      env: ENVIRONMENT,
      sockets: sockets.path,
      addressRoomBytes: ADDRESS_ROOM_BYTES,
    })
    return await Promise.race([connect(program, { sockets: sockets.path, key }, until), failure(program)])
  } catch (error) {
    await program?.end()
    if (signal.aborted || error instanceof CodeExecutorError) throw error
    throw notStarted(`it did not answer within ${START_MS / 1000} seconds.`, error)
  } finally {
    // Both sides hold their ends, and a program cannot put anything else in the place of a socket now.
    await sockets.dispose()
  }
}

async function failure(program: KernelProcess): Promise<never> {
  const exitCode = await program.ended
  throw notStarted(`it ended with exit code ${exitCode}. ${program.words}`)
}

async function connect(
  program: KernelProcess,
  { sockets, key }: { readonly sockets: string; readonly key: string },
  signal: AbortSignal,
): Promise<Kernel> {
  const paths = Object.values(PORTS).map((port) => join(sockets, `${SOCKET_NAME}-${port}`))
  while (!paths.every((path) => existsSync(path))) await delay(10, undefined, { signal })
  const channels = await ZmqChannels.connect(sockets, key)
  const ended = heardToTheEnd(program, channels)
  const client = new KernelClient(channels)
  await client.ready(signal)
  await Promise.race([client.run(PREPARE, {}, { silent: true }), aborted(signal)])
  signal.throwIfAborted()
  program.settle()
  return {
    client,
    ended,
    get isEnded() {
      return program.isEnded
    },
    pause: async () => {
      channels.hold(false)
      await program.pause()
    },
    resume: () => {
      channels.hold(true)
      program.resume()
    },
    watch: (limits, options) => program.watch(limits, options),
    interrupt: () => client.interrupt(),
    endChildren: () => program.endChildren(),
    end: async () => {
      await program.end()
      await ended
    },
  }
}

/** What it has said last is on its way when it has ended. */
async function heardToTheEnd(program: KernelProcess, channels: ZmqChannels): Promise<number> {
  const exitCode = await program.ended
  channels.hold(true)
  await delay(DRAIN_MS)
  channels.close()
  return exitCode
}

async function writeConnection(folder: string, key: string, uid: number | undefined): Promise<void> {
  const ports = Object.entries(PORTS).map(([channel, port]) => [`${channel}_port`, port] as const)
  const content = JSON.stringify({
    ...Object.fromEntries(ports),
    transport: 'ipc',
    ip: `${SOCKETS}/${SOCKET_NAME}`,
    key,
    signature_scheme: 'hmac-sha256',
  })
  await writeInto(folder, { name: CONNECTION, content, ...(uid !== undefined && { uid }) })
}

const NO_IPYKERNEL =
  'no Python that runs in the sandbox has ipykernel. Install it, on Debian with: apt-get install python3-ipykernel, ' +
  'elsewhere with: pip install ipykernel'

function notStarted(problem: string, cause?: unknown): CodeExecutorError {
  return new CodeExecutorError(`The Jupyter kernel could not be started: ${problem}`, { retryable: false, cause })
}
