import type { ExecuteOptions, ExecutionLimits } from 'conversable'
import { fileRunner } from '../file-runner.ts'
import type { GivenFunctions } from '../functions/given-functions.ts'
import type { Language } from '../languages.ts'
import { ownUid, releaseUid } from '../own-uid.ts'
import { programEnvironment } from '../program-environment.ts'
import type { BlockRunner } from '../run-blocks.ts'
import { giveTo, WorkFolder } from '../work-folder.ts'
import { Cleanup } from './cleanup.ts'
import { Container } from './container.ts'
import { holds, WORKSPACE, type ContainerParts } from './container-settings.ts'
import { Engine } from './engine.ts'
import { engineSocket, type EngineName } from './engine-socket.ts'
import { orAborted } from './or-aborted.ts'
import { withPackages } from './packages.ts'
import { Programs } from './programs.ts'

/** What a {@link DockerPlace} is made of. */
export interface PlaceOptions extends Pick<ContainerParts, 'image' | 'network' | 'cpus' | 'namePrefix'> {
  readonly engine: EngineName
  readonly socket: string | undefined
  readonly pull: boolean
  readonly packages: readonly string[]
  /** Functions that programs can import. */
  readonly functions: GivenFunctions | undefined
  readonly user: string | undefined
  readonly workDir: string | undefined
  readonly bindDir: string | undefined
  /** Whether a language is run or only saved. */
  readonly runs: (language: Language) => boolean
  readonly limits: ExecutionLimits
  /** Ends what takes long: pulling an image, installing packages. */
  readonly signal: AbortSignal
}

/** Whom programs run as. */
interface Runner {
  /** As the engine is told. */
  readonly user: string
  /** Whom the work folder has to be given to. Default: nobody, it is theirs already. */
  readonly owner?: number
}

/** What a place has from the first to the last. */
interface PlaceParts extends Pick<PlaceOptions, 'runs' | 'functions'> {
  readonly engine: Engine
  readonly folder: WorkFolder
  readonly owner: number | undefined
  readonly parts: ContainerParts
  readonly cleanup: Cleanup
}

/** An engine, a work folder, and at most one container in which programs are run. */
export class DockerPlace {
  readonly #engine: Engine
  readonly #folder: WorkFolder
  readonly #owner: number | undefined
  readonly #parts: ContainerParts
  readonly #functions: GivenFunctions | undefined
  readonly #runs: (language: Language) => boolean
  readonly #cleanup: Cleanup
  #container: Promise<Container> | undefined
  #programs: Programs | undefined

  private constructor({ engine, folder, owner, parts, functions, runs, cleanup }: PlaceParts) {
    this.#engine = engine
    this.#folder = folder
    this.#owner = owner
    this.#parts = parts
    this.#functions = functions
    this.#runs = runs
    this.#cleanup = cleanup
  }

  /**
   * Starts a container, and looks whether it is as it should be.
   *
   * @throws CodeExecutorError that says what is missing; nothing is then left.
   */
  static async open(options: PlaceOptions): Promise<DockerPlace> {
    const cleanup = new Cleanup()
    try {
      const place = new DockerPlace(await prepare(options, cleanup))
      cleanup.add(() => place.#end())
      const container = await place.container(options.limits)
      const { image, signal } = options
      place.#programs = await Programs.find(container, { image, folder: place.#folder.path, signal })
      return place
    } catch (error) {
      await cleanup.run()
      throw error
    }
  }

  /** A container that holds these limits: the one that there is, or a fresh one. */
  container(limits: ExecutionLimits): Promise<Container> {
    // At once, and before anything is waited for: a run that is aborted meanwhile leaves the next one to find it.
    this.#container = this.#containerAfter(this.#container, limits)
    return this.#container
  }

  /** What runs the blocks of one execution. */
  runner(
    limits: ExecutionLimits,
    { files, env, stdin, signal }: ExecuteOptions & { readonly signal: AbortSignal },
  ): Promise<BlockRunner> {
    const folder = this.#folder.path
    const input = { ...(env !== undefined && { env }), ...(stdin !== undefined && { stdin }) }
    return fileRunner({
      limits,
      signal,
      folder,
      inside: WORKSPACE,
      ...(this.#owner !== undefined && { uid: this.#owner }),
      files,
      functions: this.#functions,
      runs: this.#runs,
      unknownLanguage: (label) => `Unsupported language ${label}\n`,
      commandFor: async (language, file) => this.#programs?.commandFor(language, file) ?? '',
      run: async (command, turn) => {
        const container = await orAborted(this.container(limits), turn.signal)
        if (!container) return { exitCode: 137, reason: 'aborted' }
        const { onOutput, leftMs: timeoutMs } = turn
        const disk = { folder, maxBytes: limits.diskBytes }
        return container.run({ command, ...input }, { signal: turn.signal, onOutput, timeoutMs, disk })
      },
    })
  }

  /** Ends the container, and deletes what programs wrote. A `workDir` is left as it is. */
  async clear(): Promise<void> {
    await this.#end()
    await this.#folder.clear()
  }

  /** Ends the container, and leaves nothing. A `workDir` is left as it is. */
  async close(): Promise<void> {
    await this.#cleanup.run()
  }

  async #containerAfter(before: Promise<Container> | undefined, limits: ExecutionLimits): Promise<Container> {
    const current = await before?.catch(() => undefined)
    if (current && !current.isOver && holds(current.limits, limits)) return current
    await current?.end()
    return Container.start(this.#engine, this.#parts, limits)
  }

  async #end(): Promise<void> {
    const last = this.#container
    this.#container = undefined
    const container = await last?.catch(() => undefined)
    await container?.end()
  }
}

async function prepare(options: PlaceOptions, cleanup: Cleanup): Promise<PlaceParts> {
  const { image, pull, network, cpus, namePrefix, bindDir, signal, functions, runs } = options
  const engine = await Engine.open(options.engine, options.socket ?? engineSocket(options.engine))
  cleanup.add(() => engine.close())
  const path = await engine.useImage({ image, pull, signal })
  const { user, owner } = runnerOf(options.user, engine.isRootless)
  cleanup.add(() => releaseUid(owner))
  const folder = await openFolder(options.workDir, owner, cleanup)
  const mounts = [{ source: bindDir ?? folder.path, target: WORKSPACE }]
  const env = { ...programEnvironment(WORKSPACE, path), ...(functions && { PYTHONPATH: WORKSPACE }) }
  const bare = { image, namePrefix, user, network, cpus, mounts, env }
  const { packages } = options
  const parts =
    packages.length === 0
      ? bare
      : await withPackages(engine, bare, {
          packages,
          signal,
          folder: (await openFolder(undefined, owner, cleanup)).path,
        })
  return { engine, folder, owner, parts, functions, runs, cleanup }
}

async function openFolder(path: string | undefined, owner: number | undefined, cleanup: Cleanup): Promise<WorkFolder> {
  const folder = await WorkFolder.open(path, owner)
  cleanup.add(() => folder.dispose())
  if (folder.isOwn || owner === undefined) return folder
  await giveTo(owner, folder.path)
  cleanup.add(() => giveTo(0, folder.path))
  return folder
}

/** Never root, unless that was asked for, or is the ordinary user that a rootless engine runs as. */
function runnerOf(user: string | undefined, isRootless: boolean): Runner {
  const isRoot = process.getuid?.() === 0
  if (user !== undefined) {
    const [uid = '', gid = uid] = user.split(':')
    return { user: `${uid}:${gid}`, ...(isRoot && { owner: Number(uid) }) }
  }
  if (isRootless) return { user: '0:0' }
  const owner = ownUid()
  if (owner !== undefined) return { user: `${owner}:${owner}`, owner }
  // Elsewhere than on Linux the engine lends the folder to whoever asks.
  return { user: `${process.getuid?.() ?? 65_534}:${process.getgid?.() ?? 65_534}` }
}
