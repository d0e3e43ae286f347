export { QuickJsExecutor, type QuickJsExecutorOptions } from './quickjs-executor.ts'
