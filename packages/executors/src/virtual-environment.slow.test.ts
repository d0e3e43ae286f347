import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CodeExecutorError, ConfigurationError, type CodeExecutor } from 'conversable'
import { BubblewrapExecutor, createVirtualEnvironment, UnsafeLocalExecutor, type VirtualEnvironment } from './index.ts'

const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'
const problem = whyNoVenv()
const title = 'a virtual environment'
const noBubblewrap = await BubblewrapExecutor.probe()
for (const [what, why] of [
  [title, problem],
  [`${title} in bubblewrap`, noBubblewrap],
]) {
  if (why !== undefined) console.warn(`SKIPPED, ${what}: ${why}`)
}

function whyNoVenv(): string | undefined {
  try {
    execFileSync(PYTHON, ['-c', 'import venv, ensurepip'], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    return `${PYTHON} cannot make one (on Debian: apt-get install python3-venv). ${String(error)}`
  }
}

/** A wheel of one module, which says what it is. */
const WHEEL = `
import sys, zipfile
path, name = sys.argv[1:]
info = f'{name}-1.0.dist-info'
files = {
    f'{name}.py': f'def who():\\n    return "{name} 1.0"\\n',
    f'{info}/METADATA': f'Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n',
    f'{info}/WHEEL': 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
}
files[f'{info}/RECORD'] = ''.join(f'{file},,\\n' for file in [*files, f'{info}/RECORD'])
with zipfile.ZipFile(path, 'w') as wheel:
    for file, text in files.items():
        wheel.writestr(file, text)
`

describe.skipIf(problem !== undefined)(title, { timeout: 60_000 }, () => {
  let folder: string
  let made: VirtualEnvironment

  const wheel = (name: string): string => {
    const path = join(folder, `${name}-1.0-py3-none-any.whl`)
    execFileSync(PYTHON, ['-c', WHEEL, path, name])
    return path
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'venv-'))
    // Where the host is root, programs run as another user.
    chmodSync(folder, 0o755)
    made = await createVirtualEnvironment({
      path: join(folder, 'env'),
      packages: [wheel('bird')],
      pipOptions: ['--no-index'],
    })
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const run = async (executor: CodeExecutor, language: string, code: string): Promise<string> => {
    const { exitCode, output } = await executor.execute([{ language, code }])
    return exitCode === 0 ? output : `${exitCode}: ${output}`
  }
  const open = {
    bubblewrap: () => new BubblewrapExecutor({ virtualEnv: made.path }),
    'unsafe-local': () => new UnsafeLocalExecutor({ virtualEnv: made.path, warn: () => {} }),
  }

  test('is not taken by bubblewrap from where programs write', () => {
    const { path, python } = made

    for (const options of [
      { workDir: folder, virtualEnv: path },
      { workDir: join(path, 'lib', 'work'), virtualEnv: path },
      { workDir: folder, python },
    ]) {
      expect(() => new BubblewrapExecutor(options)).toThrow('Keep the two apart')
    }
    expect(() => new BubblewrapExecutor({ workDir: join(folder, 'work'), virtualEnv: path, python })).not.toThrow()
  })

  test('is a folder with a Python and programs of its own', () => {
    expect(made).toEqual({
      path: join(folder, 'env'),
      python: join(folder, 'env/bin/python'),
      programs: join(folder, 'env/bin'),
    })
    expect(execFileSync(made.python, ['-c', 'import bird; print(bird.who())'], { encoding: 'utf8' })).toBe('bird 1.0\n')
  })

  describe.each(['bubblewrap', 'unsafe-local'] as const)('of %s', (name) => {
    const each = test.skipIf(name === 'bubblewrap' && noBubblewrap !== undefined)

    each('gives its packages to programs in Python and to those that a shell starts', async () => {
      await using executor = open[name]()

      expect(await run(executor, 'python', 'import bird; print(bird.who())')).toBe('bird 1.0\n')
      expect(await run(executor, 'sh', 'python -c "import bird; print(bird.who())"')).toBe('bird 1.0\n')
    })

    each('gets the packages of functions before the first program in Python', async () => {
      const fish = `fish_${name.replace('-', '_')}`
      const functions = [
        { source: `def hello():\n    return ${fish}.who()`, imports: [`import ${fish}`], packages: [wheel(fish)] },
      ]
      const options = { virtualEnv: made.path, functions }
      await using executor =
        name === 'bubblewrap'
          ? new BubblewrapExecutor(options)
          : new UnsafeLocalExecutor({ ...options, warn: () => {} })

      expect(await run(executor, 'python', 'from functions import hello; print(hello())')).toBe(`${fish} 1.0\n`)
    })
  })

  test.skipIf(noBubblewrap !== undefined)('cannot be changed from within bubblewrap', async () => {
    await using executor = open.bubblewrap()

    expect(await run(executor, 'sh', `touch ${made.path}/x 2>&1 || echo closed`)).toMatch(/\nclosed\n$/)
    expect(existsSync(join(made.path, 'x'))).toBe(false)
  })

  test('can be made once more, and keeps what it has', async () => {
    await createVirtualEnvironment({ path: made.path, packages: ['bird'], pipOptions: ['--no-index'] })

    expect(execFileSync(made.python, ['-c', 'import bird; print(bird.who())'], { encoding: 'utf8' })).toBe('bird 1.0\n')
  })

  test('of a package that is nowhere fails with what pip said', async () => {
    const failing = createVirtualEnvironment({
      path: made.path,
      packages: ['nobody-has-this'],
      pipOptions: ['--no-index'],
    })

    await expect(failing).rejects.toThrow(CodeExecutorError)
    await expect(failing).rejects.toThrow(/"pip install nobody-has-this" failed with exit code 1: [^]*No matching/)
  })

  test.skipIf(process.platform === 'win32')('is made without the keys of the environment', async () => {
    const python = join(folder, 'prints-env')
    writeFileSync(python, `#!/bin/sh\n[ "$2" = -c ] && echo '["${python}","","",""]' && exit\nenv; exit 3\n`, {
      mode: 0o755,
    })
    process.env['SOME_API_KEY'] = 'canary'
    const failing = createVirtualEnvironment({ path: join(folder, 'other'), python })

    await expect(failing).rejects.toThrow(/failed with exit code 3: [^]*PATH=/)
    await expect(failing).rejects.not.toThrow('canary')
    delete process.env['SOME_API_KEY']
  })

  test('is not made when the signal says so', async () => {
    const path = join(folder, 'never')

    await expect(createVirtualEnvironment({ path, signal: AbortSignal.abort('enough') })).rejects.toBe('enough')
  })

  test('is not made of a folder with other things in it', async () => {
    writeFileSync(join(folder, 'mine.txt'), '')

    await expect(createVirtualEnvironment({ path: folder })).rejects.toThrow(ConfigurationError)
  })
})

test.each([
  [{ path: '' }, 'Give the path of a folder'],
  [{ path: '/nowhere/env', python: '/nowhere/python' }, 'There is no Python "/nowhere/python"'],
  [{ path: '/nowhere/env', requirements: [] }, 'has no option "requirements"'],
])('%j makes no virtual environment', async (options, says) => {
  await expect(createVirtualEnvironment(options)).rejects.toThrow(says)
})

test('executors refuse a virtual environment that is none', () => {
  for (const Executor of [BubblewrapExecutor, UnsafeLocalExecutor]) {
    expect(() => new Executor({ virtualEnv: '/nowhere' })).toThrow('createVirtualEnvironment({ path }) makes one')
  }
})
