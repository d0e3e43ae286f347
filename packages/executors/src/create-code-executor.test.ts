import { expect, test, vi } from 'vitest'
import { CodeExecutorError, ConfigurationError } from 'conversable'
import { BubblewrapExecutor, createCodeExecutor, QuickJsExecutor, type ExecutorChoice } from './index.ts'

test('an executor that there is already is taken as it is', async () => {
  const executor = new QuickJsExecutor()

  expect(await createCodeExecutor(executor)).toBe(executor)
})

test('an executor that is named is taken, and one line says so', async () => {
  const lines: string[] = []
  await using executor = await createCodeExecutor('quickjs', { log: (line) => lines.push(line) })

  expect(executor.kind).toBe('quickjs')
  expect(lines).toEqual(['Code runs with quickjs, as was asked for: JavaScript alone, with neither files nor network.'])
})

test('without a name it is the best that works, and never the host', { timeout: 30_000 }, async () => {
  const lines: string[] = []
  await using executor = await createCodeExecutor('auto', { log: (line) => lines.push(line) })

  expect(executor.isolation).toMatchObject({ files: true, network: 'none', secrets: true })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(new RegExp(`^Code runs with ${executor.kind}, [^\\n]*$`))
  const problem = await BubblewrapExecutor.probe()
  expect(executor.kind === 'bubblewrap').toBe(problem === undefined)
})

test('where none can do what is asked for, the error says what would help, and nothing runs', async () => {
  // Without programs to find, there is no sandbox that could have a network.
  vi.stubEnv('PATH', '')
  const made = createCodeExecutor('auto', { network: ['example.com'], log: () => {} })

  await expect(made).rejects.toThrow(CodeExecutorError)
  await expect(made).rejects.toThrow(
    /bubblewrap: It has no network[^]*sandbox-runtime: [^]*apt-get install bubblewrap[^]*npm install deno pyodide/,
  )
  vi.unstubAllEnvs()
})

test('hosts are checked by the executor that can allow them', async () => {
  const made = createCodeExecutor('sandbox-runtime', { network: ['https://example.com'], log: () => {} })

  await expect(made).rejects.toThrow(ConfigurationError)
})

test.each(['host', 'Docker?', 3, null, {}])('there is no executor %j', async (choice) => {
  const made = createCodeExecutor(choice as ExecutorChoice)

  await expect(made).rejects.toThrow(ConfigurationError)
  await expect(made).rejects.toThrow('There are auto, bubblewrap,')
})
