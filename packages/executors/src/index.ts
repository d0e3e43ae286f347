export { createCodeExecutor, type CreateCodeExecutorOptions, type ExecutorChoice } from './create-code-executor.ts'
export { BubblewrapExecutor, type BubblewrapExecutorOptions } from './bubblewrap-executor.ts'
export { JupyterExecutor, type JupyterExecutorOptions } from './jupyter-executor.ts'
export type { JupyterServer } from './jupyter/jupyter-server.ts'
export { DockerExecutor } from './docker-executor.ts'
export type { DockerExecutorOptions } from './docker/options.ts'
export { QuickJsExecutor, type QuickJsExecutorOptions } from './quickjs-executor.ts'
export { WasmExecutor, type WasmExecutorOptions } from './wasm-executor.ts'
export { SandboxRuntimeExecutor, type SandboxRuntimeExecutorOptions } from './sandbox-runtime-executor.ts'
export { UnsafeLocalExecutor, type UnsafeLocalExecutorOptions } from './unsafe-local-executor.ts'
export type { FunctionOptions, PythonFunction } from './functions/python-function.ts'
export { formatFunctionsForPrompt, type FormatFunctionsOptions } from './format-functions-for-prompt.ts'
export {
  createVirtualEnvironment,
  type CreateVirtualEnvironmentOptions,
  type VirtualEnvironment,
} from './virtual-environment.ts'
