export { terminalInput, type TerminalOptions } from './terminal-input.ts'
