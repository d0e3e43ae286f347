import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CodeExecutorError, ConfigurationError, type CodeBlock, type CodeExecutor } from 'conversable'
import { engineForTests } from '../../hostile/engine-for-tests.ts'
import {
  BubblewrapExecutor,
  createCodeExecutor,
  DockerExecutor,
  formatFunctionsForPrompt,
  JupyterExecutor,
  SandboxRuntimeExecutor,
  UnsafeLocalExecutor,
  WasmExecutor,
  type FunctionOptions,
  type PythonFunction,
} from '../index.ts'

const AREA: PythonFunction = {
  source: `
    def area(radius: float, unit: str = ":)") -> str:  # of a circle
        """The area of a circle.

        radius: in some unit
        """
        return f'{math.pi * radius ** 2:.2f} {unit}²'
  `,
  imports: ['import math'],
}
const DAYS: PythonFunction = {
  source:
    'async def days(n: dict[str, int] = {"a": 1}):\n    return date(2024, 1, 1) + timedelta(days=sum(n.values()))',
  imports: ['from datetime import date, timedelta', 'import math'],
}
const python = (code: string, filename?: string): CodeBlock[] => [
  { language: 'python', code, ...(filename !== undefined && { filename }) },
]

const ENGINE = engineForTests('docker')
const EXECUTORS = [
  { name: 'bubblewrap', Executor: BubblewrapExecutor, problem: await BubblewrapExecutor.probe() },
  { name: 'sandbox-runtime', Executor: SandboxRuntimeExecutor, problem: await SandboxRuntimeExecutor.probe() },
  { name: 'jupyter', Executor: JupyterExecutor, problem: await JupyterExecutor.probe() },
  { name: 'docker', Executor: EngineExecutor(), problem: await DockerExecutor.probe(ENGINE) },
  { name: 'wasm', Executor: WasmExecutor, problem: await WasmExecutor.probe() },
  { name: 'unsafe-local', Executor: QuietExecutor(), problem: await whyNoPython() },
]

function EngineExecutor(): new (options: FunctionOptions & { workDir?: string }) => CodeExecutor {
  return class extends DockerExecutor {
    constructor(options: FunctionOptions & { workDir?: string }) {
      super({ ...ENGINE, ...options })
    }
  }
}

function QuietExecutor(): new (options: FunctionOptions & { workDir?: string }) => CodeExecutor {
  return class extends UnsafeLocalExecutor {
    constructor(options: FunctionOptions & { workDir?: string }) {
      super({ ...options, warn: () => {} })
    }
  }
}

async function whyNoPython(): Promise<string | undefined> {
  await using executor = new UnsafeLocalExecutor({ warn: () => {} })
  const { exitCode, output } = await executor.execute(python('print(1)'))
  return exitCode === 0 ? undefined : output
}

describe.each(EXECUTORS)('functions given to $name', { timeout: 30_000 }, ({ name, Executor, problem }) => {
  if (problem !== undefined) console.warn(`SKIPPED, functions given to ${name}: ${problem}`)
  const given = test.skipIf(problem !== undefined)

  given('are imported by programs, wherever their files lie, and are no artifacts', async () => {
    await using executor = new Executor({ functions: [AREA, DAYS] })
    const result = await executor.execute(
      python(
        'import asyncio\nfrom functions import area, days\nprint(area(2, unit="m"), asyncio.run(days()))\nopen("a.txt", "w").close()',
      ),
    )

    expect(result).toMatchObject({ exitCode: 0, output: '12.57 m² 2024-01-02\n' })
    expect(result.artifacts.map(({ path }) => path)).toEqual(['a.txt'])
    const again = await executor.execute(python('import functions; functions.area = None; open("functions.py", "w")'))
    expect(again.exitCode).toBe(0)
    await executor.restart()
    const after = await executor.execute(python('from functions import area\nprint(area(1))', 'sub/main.py'))
    expect(after.output).toBe('3.14 :)²\n')
  })

  given('have a module of the name that is asked for', async () => {
    await using executor = new Executor({ functions: [AREA], functionsModule: 'geometry' })

    expect((await executor.execute(python('import geometry as g; print(g.area(1))'))).output).toBe('3.14 :)²\n')
  })

  given('are in no module of Python itself', async () => {
    await using executor = new Executor({ functions: [AREA], functionsModule: 'queue' })

    await expect(executor.execute(python('print("ran")'))).rejects.toThrow('The module "queue" is one of Python itself')
  })

  const broken: readonly [says: string, broken: PythonFunction][] = [
    ['"f" is no right Python: line 2', { source: 'def f(x):\n    return x +' }],
    ['"f" stands in a source with something else', { source: 'def f(x):\n    return x\n\nprint(f(1))' }],
    [
      '"f" has an import that fails, "import nobody_has_this": ModuleNotFoundError',
      { source: 'def f(): pass', imports: ['import nobody_has_this'] },
    ],
    ['"f" cannot be loaded: NameError', { source: 'def f(x=missing): pass' }],
  ]
  // A Python of its own takes a second there.
  given.each(name === 'wasm' ? broken.slice(0, 1) : broken)(
    'are named if they cannot be used: %s',
    async (says, bad) => {
      await using executor = new Executor({ functions: [AREA, bad] })
      const execution = executor.execute(python('print("ran")'))

      await expect(execution).rejects.toThrow(CodeExecutorError)
      await expect(execution).rejects.toThrow(says)
    },
  )

  // A container's are installed, and pip says then what it has not.
  const needing = test.skipIf(problem !== undefined || name === 'docker')
  needing('need packages that are there, or the error says what to do', async () => {
    const make = async (): Promise<unknown> => {
      await using executor = new Executor({ functions: [{ ...AREA, packages: ['nobody-has-this>=1'] }] })
      return await executor.execute(python('print("ran")'))
    }

    await expect(make()).rejects.toThrow(/"area" needs the package "nobody-has-this>=1", .+ (?:Give|alone)/)
  })

  given('are not written over a file that was there', async () => {
    const workDir = mkdtempSync(join(tmpdir(), 'functions-'))
    writeFileSync(join(workDir, 'functions.py'), 'mine = 1\n')
    {
      await using executor = new Executor({ workDir, functions: [AREA] })
      await expect(executor.execute(python(''))).rejects.toThrow('has a file "functions.py" already')
    }
    expect(readFileSync(join(workDir, 'functions.py'), 'utf8')).toBe('mine = 1\n')
    rmSync(workDir, { recursive: true })
  })
})

// Said above, with all that needs a kernel.
const inKernel = test.skipIf(EXECUTORS.find(({ name }) => name === 'jupyter')?.problem !== undefined)
inKernel('functions leave no variables of their check in a kernel, and are there again in the next', async () => {
  await using executor = new JupyterExecutor({ functions: [AREA] })
  await executor.execute(python('import os'))

  const left = 'sorted({"ast", "fail", "given", "module", "one", "os", "space"} & set(dir()))'
  expect((await executor.execute(python(left))).output).toBe("['os']\n")
  await executor.execute(python('os._exit(1)'))
  expect((await executor.execute(python('from functions import area\narea(1)'))).output).toBe("'3.14 :)²'\n")
})

test('a kernel of a Jupyter server is given no functions, and the error says what to do', () => {
  const make = (): unknown => new JupyterExecutor({ functions: [AREA], server: { baseUrl: 'http://127.0.0.1:1' } })

  expect(make).toThrow(ConfigurationError)
  expect(make).toThrow('leave out functions, and run a block that defines them first')
})

test.each<[object, says: string]>([
  [{ functions: AREA }, 'as functions. Give a list'],
  [{ functions: ['x = 1'] }, 'Give the source of one Python function'],
  [{ functions: [{ source: 'x = 1' }] }, 'Give the source of one Python function'],
  [{ functions: [{ source: 'def f(x' }] }, 'Give the source of one Python function'],
  [{ functions: [AREA, DAYS, AREA] }, 'the function "area" twice'],
  [
    { functions: [{ ...AREA, imports: ['math'] }] },
    'The function "area", given to WasmExecutor, has ["math"] as imports',
  ],
  [{ functions: [{ ...AREA, imports: ['import a\nimport b'] }] }, 'as imports'],
  [{ functions: [{ ...AREA, packages: ['numpy\n--pre'] }] }, 'as packages'],
  [{ functions: [{ ...AREA, packages: ['--index-url=x'] }] }, 'as packages'],
  [{ functions: [{ ...AREA, packages: ['numpy'] }] }, 'and WasmExecutor has the standard library alone'],
  [{ functions: [AREA], functionsModule: 'a.b' }, '"a.b" as functionsModule'],
])('options that cannot work are refused: $1', (options, says) => {
  expect(() => new WasmExecutor(options)).toThrow(ConfigurationError)
  expect(() => new WasmExecutor(options)).toThrow(says)
})

test.each<
  [
    name: 'quickjs' | 'wasm' | 'jupyter' | 'sandbox-runtime' | 'docker',
    says: string,
    FunctionOptions & { virtualEnv?: string },
  ]
>([
  ['quickjs', 'It runs no Python functions', { functions: [AREA] }],
  ['wasm', 'It has no packages of pip', { functions: [{ ...AREA, packages: ['numpy'] }] }],
  ['wasm', 'It has no packages of pip', { virtualEnv: '/venv' }],
  ['jupyter', 'It takes no virtualEnv', { virtualEnv: '/venv' }],
  ['sandbox-runtime', 'It takes no virtualEnv', { virtualEnv: '/venv' }],
  ['docker', 'It takes no virtualEnv', { virtualEnv: '/venv' }],
])('createCodeExecutor does not take %s for what it has not: %s', async (name, says, options) => {
  await expect(createCodeExecutor(name, { ...options, log: () => {} })).rejects.toThrow(says)
})

test('a prompt shows signatures and docstrings, and neither bodies nor comments behind them', () => {
  const template = 'From $module_name:\n$functions\n$5'

  expect(formatFunctionsForPrompt([AREA, DAYS], { template, functionsModule: 'tools' })).toBe(`From tools:
def area(radius: float, unit: str = ":)") -> str:
    """The area of a circle.

    radius: in some unit
    """
    ...

async def days(n: dict[str, int] = {"a": 1}):
    ...
$5`)
})

test.each([
  [
    'def f(a=")", b=\'\\\':\', *, c={"k": [1]}) -> "X:": "doc"',
    'def f(a=")", b=\'\\\':\', *, c={"k": [1]}) -> "X:":\n    "doc"\n    ...',
  ],
  [
    "@functools.cache\ndef f(\n    a,  # one: two\n    b,\n):\n  # first\n  r'''doc\n  more'''\n  return 1",
    "def f(\n    a,  # one: two\n    b,\n):\n  r'''doc\n  more'''\n  ...",
  ],
  ['def größe(x): return "no doc"', 'def größe(x):\n    ...'],
  ['def f(x):\n    "not a doc".upper()', 'def f(x):\n    ...'],
])('the stub of %j is %j', (source, stub) => {
  expect(formatFunctionsForPrompt([{ source }], { template: '$functions' })).toBe(stub)
})
