import { randomUUID } from 'node:crypto'
import type Dockerode from 'dockerode'
import type { ExecutionLimits } from 'conversable'

/** What a container is made of, apart from its limits. */
export interface ContainerParts {
  readonly image: string
  /** In front of a name that no other container has. */
  readonly namePrefix: string
  /** Ids of user and group, as in `1000:1000`. */
  readonly user: string
  /** `none`, or the name of a network of the engine. */
  readonly network: string
  readonly cpus: number
  readonly mounts: readonly Mount[]
  readonly env: Readonly<Record<string, string>>
}

/** A folder that programs see. */
export interface Mount {
  /** As the engine sees it. */
  readonly source: string
  readonly target: string
  readonly readOnly?: boolean
}

/** Where programs see the work folder, as in AutoGen. */
export const WORKSPACE = '/workspace'
/** The processes of a container in which nothing is run: the engine's own first one, and the shell that waits. */
export const IDLE_PROCESSES = 2
/** By which the containers of executors can be found. */
const LABEL = 'conversable.executor'
const SMALL = 32 * 1024 * 1024

/**
 * What an engine is told of a container: no network unless asked for, no capabilities and no way to more rights, nothing
 * that can be written but the mounts and two small folders in memory, and hard bounds on memory, processes and processor.
 *
 * Its first program is a shell that waits for the end of its input, which is a connection held by this process: when that
 * is gone, for whatever reason, the shell ends, the container with it, and the engine removes it.
 */
export function containerSettings(parts: ContainerParts, limits: ExecutionLimits): Dockerode.ContainerCreateOptions {
  const { image, namePrefix, user, network, cpus, mounts, env } = parts
  const { memoryBytes, processes, fileBytes } = limits
  return {
    name: `${namePrefix}${randomUUID()}`,
    Image: image,
    Entrypoint: ['/bin/sh'],
    Cmd: [],
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    User: user,
    WorkingDir: mounts[0]?.target ?? '/',
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: { [LABEL]: 'code' },
    HostConfig: {
      AutoRemove: true,
      Init: true,
      NetworkMode: network,
      IpcMode: 'private',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Memory: memoryBytes,
      MemorySwap: memoryBytes,
      NanoCpus: Math.round(cpus * 1e9),
      PidsLimit: processes + IDLE_PROCESSES,
      ShmSize: SMALL,
      Tmpfs: { '/tmp': `rw,exec,nosuid,nodev,mode=1777,size=${SMALL}` },
      Ulimits: [ulimit('core', 0), ulimit('nofile', 512), ulimit('fsize', fileBytes)],
      LogConfig: { Type: 'none', Config: {} },
      Mounts: mounts.map(({ source, target, readOnly = false }) => ({
        Type: 'bind',
        Source: source,
        Target: target,
        ReadOnly: readOnly,
      })),
    },
  }
}

/** Whether a container made for some limits holds others too. */
export function holds(made: ExecutionLimits, asked: ExecutionLimits): boolean {
  return (['memoryBytes', 'processes', 'fileBytes'] as const).every((name) => made[name] === asked[name])
}

function ulimit(name: string, most: number): Dockerode.Ulimit {
  return { Name: name, Soft: most, Hard: most }
}
