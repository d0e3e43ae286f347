import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Runtime } from '../ports/runtime.ts'
import { TapeError } from '../testing/tape/tape-error.ts'
import { TapePlayer } from '../testing/tape/tape-player.ts'
import { TapeRecorder, type TapeRecorderOptions } from '../testing/tape/tape-recorder.ts'
import { quote } from '../util/quote.ts'

/** How a tape in a file is used. */
export interface TapeFileOptions extends TapeRecorderOptions {
  /**
   * `record` writes the file anew, `replay` holds the run that is in it, `auto` replays a file that is there and records
   * one that is not. Default `auto`; where the environment has `CI`, `replay`.
   */
  readonly mode?: 'auto' | 'record' | 'replay'
}

/** A tape in a file, for one test. */
export interface TapeFile {
  /** For the chats of the test: `initiateChat(agent, { runtime })`. */
  readonly runtime: Runtime
  readonly mode: 'record' | 'replay'
  /**
   * Call it when the chats have ended: writes what was recorded, or asserts that all that is on the tape was used.
   *
   * @throws TapeError when something on the tape was not asked for.
   */
  readonly done: () => Promise<void>
}

const MODES: readonly unknown[] = Object.freeze(['auto', 'record', 'replay', undefined])

/**
 * Opens a tape that is kept in a file.
 *
 * @throws TapeError when the file is no tape, or is to be replayed and is not there.
 */
export async function tapeFile(path: string | URL, options: TapeFileOptions = {}): Promise<TapeFile> {
  const file = path instanceof URL ? fileURLToPath(path) : path
  const { mode = process.env['CI'] ? 'replay' : 'auto', ...recording } = options
  if (!MODES.includes(mode)) {
    throw new ConfigurationError(
      'invalid-option',
      `The tape ${quote(file)} has ${quote(mode)} as mode. It is one of auto, record, replay.`,
    )
  }
  const text = mode === 'record' ? undefined : await textOf(file)
  if (text !== undefined) return playing(file, text)
  if (mode !== 'replay') return recordingTo(file, new TapeRecorder(recording))
  throw new TapeError(
    `The tape ${quote(file)} is to be replayed, and is not there. Record it where the models can be reached: ` +
      "tapeFile(path, { mode: 'record' }); then keep it with the test.",
  )
}

function playing(file: string, text: string): TapeFile {
  try {
    const player = new TapePlayer(text)
    return { runtime: player, mode: 'replay', done: async () => player.assertUsedUp() }
  } catch (error) {
    if (!(error instanceof TapeError)) throw error
    throw new TapeError(`${file}: ${error.message}`, { cause: error })
  }
}

function recordingTo(file: string, recorder: TapeRecorder): TapeFile {
  const done = async (): Promise<void> => {
    await mkdir(dirname(file), { recursive: true })
    const draft = `${file}.${randomUUID()}`
    try {
      await writeFile(draft, recorder.text())
      // At once: nobody finds half a tape.
      await rename(draft, file)
    } finally {
      await rm(draft, { force: true })
    }
  }
  return { runtime: recorder, mode: 'record', done }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
