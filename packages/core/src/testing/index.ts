export {
  ScriptedModel,
  type Script,
  type ScriptedAnswer,
  type ScriptedCall,
  type ScriptedTurn,
} from './scripted-model.ts'
export { scriptedPerson, type ScriptedPerson } from './scripted-person.ts'
export { ScriptedExecutor, type ScriptedExecution } from './scripted-executor.ts'
export { journalRuntime, type JournalRuntime } from './journal-runtime.ts'
export { ScriptError } from './script-error.ts'
