export {
  ScriptedModel,
  type Script,
  type ScriptedAnswer,
  type ScriptedCall,
  type ScriptedTurn,
} from './scripted-model.ts'
export { scriptedPerson, type ScriptedPerson } from './scripted-person.ts'
export { ScriptedExecutor, type ScriptedExecution } from './scripted-executor.ts'
export { ScriptError } from './script-error.ts'
export { TapeRecorder, type TapeRecorderOptions } from './tape/tape-recorder.ts'
export { TapePlayer } from './tape/tape-player.ts'
export type { Tape, TapeEntry, TapeEvent } from './tape/tape.ts'
export { TapeError, type TapeErrorPlace } from './tape/tape-error.ts'
