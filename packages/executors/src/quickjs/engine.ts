import variant from '@jitl/quickjs-ng-wasmfile-release-sync'
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core'

/** The part of the global of that name that is used here: Node's types leave it to those of browsers. */
declare const WebAssembly: {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => EngineMemory
}

interface EngineMemory {
  readonly buffer: { readonly byteLength: number }
}

const PAGE = 64 * 1024
/** What the engine's module is built to start with. */
const FIRST_PAGES = 256
/**
 * How much of the engine's own stack a program may use, so that too deep a recursion is an error inside of it. The stack
 * of the process is about four times as large, but on Windows, where it cannot be.
 */
const STACK_BYTES = process.platform === 'win32' ? 192 * 1024 : 1024 * 1024

// The package declares the types of its CommonJS build for its ES module, whose default export is the variant itself.
const VARIANT = variant as unknown as QuickJSSyncVariant

/** One engine, for one program, in a memory that cannot grow beyond its limit. */
export interface Engine {
  readonly runtime: QuickJSRuntime
  readonly context: QuickJSContext
  readonly memory: EngineMemory
  /** Freed when an error is to be shown, which takes memory of which there may be none left. */
  readonly reserve: QuickJSHandle
}

/** Starts an engine. `onTick` is called again and again while a program runs. */
export async function startEngine(memoryBytes: number, onTick: () => void): Promise<Engine> {
  const memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: Math.floor(memoryBytes / PAGE) })
  // The engine's own memory limit bounds one allocation and not their sum; this maximum bounds everything.
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(VARIANT, { wasmMemory: memory }))
  const runtime = quickjs.newRuntime()
  runtime.setMaxStackSize(STACK_BYTES)
  runtime.setModuleLoader((name) => ({
    error: new Error(
      `There is no module ${JSON.stringify(name)}: a program runs alone, with no imports and no network.`,
    ),
  }))
  runtime.setInterruptHandler(() => {
    onTick()
    return false
  })
  const context = runtime.newContext()
  return { runtime, context, memory, reserve: context.newArrayBuffer(new ArrayBuffer(8 * PAGE)) }
}

/**
 * Runs a program and all that it leaves to be done later.
 *
 * As in Node, a text that is no script is a module, which may wait at its top level. The engine does not report
 * rejections that nobody handles, so the value of a script's last expression is looked at: it is often `main()`.
 *
 * @returns What the program threw, if it did.
 */
export function evaluate({ runtime, context }: Engine, code: string, filename: string): QuickJSHandle | undefined {
  const script = context.evalCode(code, filename, { type: 'global', compileOnly: true })
  const isModule = script.error !== undefined || WAITS_AT_TOP_LEVEL.test(code)
  script.dispose()
  const result = context.evalCode(code, filename, { type: isModule ? 'module' : 'global' })
  if (result.error) return result.error
  const jobs = runtime.executePendingJobs()
  if (jobs.error) return jobs.error
  const state = context.getPromiseState(result.value)
  if (state.type === 'rejected') return state.error
  return state.type === 'pending' ? context.newError(NEVER_SETTLED) : undefined
}

/** `await (…)` is a call in a script: there, `await` is a name like any other. */
const WAITS_AT_TOP_LEVEL = /^(?:(?:const|let|var)\s[^\n]*=\s*)?await\b/m

const NEVER_SETTLED = 'The program waits for a promise that nothing is left to settle.'

/** Whether the memory has grown about as far as it can: it grows in steps. */
export function isFull({ memory }: Engine, memoryBytes: number): boolean {
  return memory.buffer.byteLength > 0.8 * memoryBytes
}
