import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const schema = (n: number): string => `z.object({
  id: z.string(),
  place: z.object({ city: z.string(), n${n}: z.number().optional() }),
  unit: z.enum(['km', 'mile']).default('km'),
})`

const asTool = (n: number): string => `
export const tool${n}: Tool = tool({
  name: 'tool${n}',
  description: 'Number ${n}.',
  parameters: ${schema(n)},
  execute: ({ id, place, unit }) => \`\${id} \${place.n${n}} \${unit}\`,
})`

const asSchema = (n: number): string => `
const schema${n} = ${schema(n)}
export const run${n} = ({ id, place, unit }: z.output<typeof schema${n}>): string => \`\${id} \${place.n${n}} \${unit}\``

/** How many types the compiler works out for a program. */
async function instantiations(program: string): Promise<number> {
  const root = join(import.meta.dirname, '..')
  // Inside the project, so that packages are found.
  const folder = await mkdtemp(join(root, 'node_modules', '.cache-types-'))
  try {
    await writeFile(join(folder, 'program.ts'), program)
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: join(root, 'tsconfig.base.json'),
        // What users see: the declarations that are published.
        compilerOptions: { noEmit: true, customConditions: [] },
        files: ['program.ts'],
      }),
    )
    const tsc = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc')
    await promisify(execFile)(process.execPath, [tsc, '-b', join(root, 'packages', 'core')])
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--extendedDiagnostics'])
    return Number(/Instantiations:\s*(\d+)/.exec(stdout)?.[1])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test(
  'twenty nested tools cost the compiler fewer than 15,000 types, little more than zod alone',
  { timeout: 30_000 },
  async () => {
    const twenty = (each: (n: number) => string): string => Array.from({ length: 20 }, (_none, n) => each(n)).join('')
    const tools = await instantiations(
      `import { tool, type Tool } from 'conversable'\nimport { z } from 'zod'\n${twenty(asTool)}`,
    )
    const zodAlone = await instantiations(`import { z } from 'zod'\n${twenty(asSchema)}`)
    expect(zodAlone).toBeGreaterThan(2000)
    expect(tools).toBeLessThan(15_000)
    expect(tools).toBeLessThan(1.5 * zodAlone)
  },
)
