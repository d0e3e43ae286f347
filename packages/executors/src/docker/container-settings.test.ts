import { expect, test } from 'vitest'
import { DEFAULT_LIMITS } from '../limits.ts'
import { containerSettings, holds } from './container-settings.ts'

const PARTS = {
  image: 'python:3-slim',
  namePrefix: 'autogen-code-exec-',
  user: '1000:1000',
  network: 'none',
  cpus: 0.5,
  mounts: [
    { source: '/home/me/work', target: '/workspace' },
    { source: '/tmp/packages', target: '/packages', readOnly: true },
  ],
  env: { LANG: 'C.UTF-8' },
}

test('a container has no rights, no network, nothing to write to but its mounts, and hard bounds', () => {
  const { name, ...settings } = containerSettings(PARTS, DEFAULT_LIMITS)

  expect(name).toMatch(/^autogen-code-exec-[0-9a-f]{8}-[0-9a-f-]{27}$/)
  expect(settings).toEqual({
    Image: 'python:3-slim',
    Entrypoint: ['/bin/sh'],
    Cmd: [],
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    User: '1000:1000',
    WorkingDir: '/workspace',
    Env: ['LANG=C.UTF-8'],
    Labels: { 'conversable.executor': 'code' },
    HostConfig: {
      AutoRemove: true,
      Init: true,
      NetworkMode: 'none',
      IpcMode: 'private',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Memory: 536_870_912,
      MemorySwap: 536_870_912,
      NanoCpus: 500_000_000,
      PidsLimit: 66,
      ShmSize: 33_554_432,
      Tmpfs: { '/tmp': 'rw,exec,nosuid,nodev,mode=1777,size=33554432' },
      Ulimits: [
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'nofile', Soft: 512, Hard: 512 },
        { Name: 'fsize', Soft: 67_108_864, Hard: 67_108_864 },
      ],
      LogConfig: { Type: 'none', Config: {} },
      Mounts: [
        { Type: 'bind', Source: '/home/me/work', Target: '/workspace', ReadOnly: false },
        { Type: 'bind', Source: '/tmp/packages', Target: '/packages', ReadOnly: true },
      ],
    },
  })
})

test.each([
  [{ timeoutMs: 1, outputBytes: 1, diskBytes: 1 }, true],
  [{ memoryBytes: 1 }, false],
  [{ processes: 1 }, false],
  [{ fileBytes: 1 }, false],
])('whether a container can be kept for %j is %j', (changed, kept) => {
  expect(holds(DEFAULT_LIMITS, { ...DEFAULT_LIMITS, ...changed })).toBe(kept)
})
