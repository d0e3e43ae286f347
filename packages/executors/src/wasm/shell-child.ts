import { isSame, joined } from './bytes.ts'
import { requests, send } from './child-io.ts'
import { deno, revoke } from './deno.ts'
import { addPiece, framesOf, outputFrames, type Job } from './frames.ts'

/** The parts of just-bash that are used here. */
interface Shell {
  readonly fs: ShellFiles
  exec(script: string, options: object): Promise<ShellResult>
}

interface ShellFiles {
  getAllPaths(): readonly string[]
  lstat(path: string): Promise<{ readonly isFile: boolean }>
  readFileBuffer(path: string): Promise<Uint8Array>
}

interface ShellResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** How often a script may do what it repeats. Time is bounded too, and by somebody else. */
const OFTEN = 1_000_000_000

/** The process of one shell script. */
async function main([url = '']: readonly string[]): Promise<void> {
  const { Bash } = (await import(url)) as { readonly Bash: new (options: object) => Shell }
  await revoke('read', 'env')
  const files = new Map<string, Uint8Array[]>()
  for await (const request of requests()) {
    if (request[0] === 'file') addPiece(files, request)
    else await run(Bash, request[1], files)
  }
}

async function run(
  Bash: new (options: object) => Shell,
  { filename, env, stdin, diskBytes }: Job,
  files: ReadonlyMap<string, readonly Uint8Array[]>,
): Promise<never> {
  const given = new Map([...files].map(([name, pieces]) => [`/work/${name}`, joined(pieces)]))
  const shell = new Bash({
    cwd: '/work',
    env: { HOME: '/work', LANG: 'C.UTF-8', ...env },
    files: Object.fromEntries(given),
    // Its second wall changes the globals of a process that has no rights to begin with.
    defenseInDepth: false,
    executionLimits: {
      maxCommandCount: OFTEN,
      maxLoopIterations: OFTEN,
      maxAwkIterations: OFTEN,
      maxSedIterations: OFTEN,
      maxWorkUnits: OFTEN,
      maxFileSystemBytes: diskBytes + [...given.values()].reduce((sum, { length }) => sum + length, 1024 * 1024),
    },
  })
  const script = new TextDecoder().decode(given.get(`/work/${filename}`))
  const result = await shell.exec(script, { stdin, rawScript: true })
  for (const stream of ['stdout', 'stderr'] as const) {
    for (const frame of outputFrames(stream, result[stream])) send(frame)
  }
  for await (const frame of changes(shell.fs, given)) send(frame)
  send(['end', result.exitCode, null])
  return deno.exit(0)
}

async function* changes(fs: ShellFiles, given: ReadonlyMap<string, Uint8Array>) {
  const found = new Set<string>()
  for (const path of fs.getAllPaths()) {
    if (!path.startsWith('/work/') || !(await fs.lstat(path)).isFile) continue
    found.add(path)
    const bytes = await fs.readFileBuffer(path)
    const before = given.get(path)
    if (!before || !isSame(before, bytes)) yield* framesOf(path.slice('/work/'.length), bytes)
  }
  for (const path of given.keys()) if (!found.has(path)) yield ['removed', path.slice('/work/'.length)] as const
}

await main(deno.args)
