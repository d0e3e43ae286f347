import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { runExample, type ExampleRun } from '../run-example.ts'

/** The gain of each stock, worked out from the dates: the latest one against the same day of the year before. */
function gains(): Map<string, number> {
  const text = readFileSync(new URL('stocks.csv', import.meta.url), 'utf8')
  const prices = new Map<string, number>()
  let latest = new Date(0)
  for (const row of text.trim().split('\n').slice(1)) {
    const [symbol = '', date = '', price = ''] = row.split(',')
    const day = new Date(`${date} UTC`)
    if (day > latest) latest = day
    prices.set(`${symbol} ${day.toISOString()}`, Number(price))
  }
  const before = new Date(latest)
  before.setUTCFullYear(latest.getUTCFullYear() - 1)
  const symbols = new Set([...prices.keys()].map((key) => key.split(' ')[0] ?? ''))
  const priceOf = (symbol: string, day: Date): number => prices.get(`${symbol} ${day.toISOString()}`) ?? Number.NaN
  return new Map([...symbols].map((symbol) => [symbol, priceOf(symbol, latest) / priceOf(symbol, before) - 1]))
}

const [best = ['', 0]] = [...gains()].toSorted(([, one], [, other]) => other - one)
const percent = `${(best[1] * 100).toFixed(1)} %`

describe('npm start', { timeout: 30_000 }, () => {
  let run: ExampleRun

  beforeAll(async () => {
    run = await runExample('stocks')
  }, 30_000)

  test('says in its first line that the model is scripted, and ends well', () => {
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout.split('\n')[0]).toMatch(/^The assistant's lines are scripted: /)
  })

  test('runs Python that fails, then some that prints the true gain', () => {
    const failed = run.stdout.indexOf(
      'exitcode: 1 (execution failed)\nCode output: Traceback (most recent call last):\n',
    )
    const succeeded = run.stdout.indexOf(`exitcode: 0 (execution succeeded)\nCode output: ${best[0]} ${percent}`)

    expect(failed).toBeGreaterThan(0)
    expect(run.stdout).toContain("TypeError: unsupported operand type(s) for /: 'str' and 'str'")
    expect(run.stdout).toMatch(/\nCode runs with (?:bubblewrap|wasm), .+\n/)
    expect(succeeded).toBeGreaterThan(failed)
    expect(run.stdout).toContain(
      `${best[0]} gained most in the last year of the data: ${percent} (Mar 1 2009 to Mar 1 2010).`,
    )
  })

  test('says at the end why it stopped and what it took', () => {
    expect(run.stdout).toMatch(
      /\nWhy it stopped {2}termination, by user_proxy\nTurns +6\nTokens +\d+ in, \d+ out \(.*\)\nCost +nothing was spent: the model is scripted\n$/,
    )
  })
})

describe.concurrent('npm start --', { timeout: 30_000 }, () => {
  test('--ask asks before each step, and Enter goes on', async () => {
    const { exitCode, stdout } = await runExample('stocks', ['--ask'], '\n\n\n')

    expect(exitCode).toBe(0)
    expect(stdout.match(/Replying as user_proxy\. Provide feedback to assistant\./g)).toHaveLength(3)
    expect(stdout).toContain(`${best[0]} gained most in the last year of the data: ${percent}`)
    expect(stdout).toContain('Why it stopped  termination')
  })

  test('--ask takes words, and an end', async () => {
    const { exitCode, stdout } = await runExample('stocks', ['--ask'], 'Why?\nexit\n')

    expect(exitCode).toBe(0)
    expect(stdout).toContain('My lines are scripted, so I can only go on as planned.')
    expect(stdout).toContain('Why it stopped  human-exit')
  })

  test('--model with a provider that is not installed says what to install', async () => {
    const { exitCode, stdout, stderr } = await runExample('stocks', ['--model', 'nobody/nothing-1'])

    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^The assistant's lines come from nobody\/nothing-1\./)
    expect(stderr).toContain('Run: npm install @ai-sdk/nobody')
  })

  test.each([['--modle', 'x'], ['--model'], ['--ask=yes'], ['stocks']])(
    '%s is refused with a usage',
    async (...args) => {
      const { exitCode, stdout, stderr } = await runExample('stocks', args)

      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
      expect(stderr).toContain('Usage: npm start -- [--model PROVIDER/NAME] [--ask]')
    },
  )
})
