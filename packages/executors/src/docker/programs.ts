import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CodeExecutorError } from 'conversable'
import { commandFor, type Interpreters, type Language } from '../languages.ts'
import type { Container } from './container.ts'
import { WORKSPACE } from './container-settings.ts'

/** What a look into a container is for. */
interface LookOptions {
  readonly image: string
  /** The work folder, as this machine sees it. */
  readonly folder: string
  readonly signal: AbortSignal
}

/** Asks a shell what it sees: what is builtin, since an image may have nothing else. */
const QUESTIONS = `
while read -r name value; do case $name in CapEff: | NoNewPrivs:) echo "$name $value" ;; esac; done </proc/self/status
printf %s "$1" >"$2"
for name in python3 python bash sh node; do
  path=$(command -v $name) && echo "$name $path"
done
node --experimental-strip-types -e 0 2>/dev/null && echo "types yes"
exit 0`
const LOOK_MS = 20_000

/** The programs of an image that run code. */
export class Programs {
  readonly #image: string
  readonly #interpreters: Interpreters
  readonly #hasTypes: boolean

  private constructor(image: string, answers: ReadonlyMap<string, string>) {
    this.#image = image
    this.#interpreters = Object.fromEntries(
      Object.entries({
        python: answers.get('python3') ?? answers.get('python'),
        bash: answers.get('bash'),
        sh: answers.get('sh'),
        node: answers.get('node'),
      }).filter(([, path]) => path !== undefined),
    )
    this.#hasTypes = answers.has('types')
  }

  /**
   * Looks into a fresh container: which programs it has, whether it is shut in, and whether its work folder is that of
   * this machine.
   *
   * @throws CodeExecutorError that says what is not as it has to be.
   */
  static async find(container: Container, { image, folder, signal }: LookOptions): Promise<Programs> {
    const [name, word] = [`.conversable-${randomUUID()}`, randomUUID()]
    let output = ''
    const onOutput = (_stream: string, text: string): boolean => {
      output += text
      return false
    }
    const command = ['/bin/sh', '-c', QUESTIONS, 'sh', word, `${WORKSPACE}/${name}`]
    const end = await container.run({ command }, { signal, timeoutMs: LOOK_MS, onOutput })
    const written = await readFile(join(folder, name), 'utf8').catch(() => '')
    await rm(join(folder, name), { force: true })
    const answers = new Map(output.split('\n').map(answerOf))
    const problem = problemOf({ answers, exitCode: end.exitCode, isShared: written === word, folder })
    if (problem !== undefined) {
      throw new CodeExecutorError(`${problem} The container says: ${output.trim()}`, { retryable: false })
    }
    return new Programs(image, answers)
  }

  /** The command that runs a file, or why there is none. */
  commandFor(language: Language, file: string): readonly string[] | string {
    const isTyped = language.name === 'typescript'
    const command = isTyped && !this.#hasTypes ? undefined : commandFor(language, file, this.#interpreters)
    if (command) return command
    const wanted = isTyped ? 'node 22.6 or later' : language.name === 'javascript' ? 'node' : language.name
    return `The image ${JSON.stringify(this.#image)} has no ${wanted}, so there is no ${language.name}.`
  }
}

function answerOf(line: string): readonly [name: string, value: string] {
  const [name = '', value = ''] = line.split(' ', 2)
  return [name, value]
}

interface Seen {
  readonly answers: ReadonlyMap<string, string>
  readonly exitCode: number
  readonly isShared: boolean
  readonly folder: string
}

function problemOf({ answers, exitCode, isShared, folder }: Seen): string | undefined {
  if (exitCode !== 0) return `A shell in the container ended with exit code ${exitCode}.`
  if (Number.parseInt(answers.get('CapEff:') ?? '1', 16) !== 0) return 'Programs in the container have capabilities.'
  if (answers.get('NoNewPrivs:') !== '1') return 'Programs in the container can get more rights.'
  if (isShared) return undefined
  return (
    `What programs write into ${WORKSPACE} is not in ${folder} of this machine. If this process runs in a container itself, ` +
    'give a workDir, and as bindDir the same folder as the engine sees it; otherwise give a user who may write there.'
  )
}
