export { LlamaCppModel, type LlamaCppOptions } from './llama-cpp-model.ts'
export type { NodeLlamaCpp } from './node-llama-cpp.ts'
