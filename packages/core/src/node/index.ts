export { terminalApproval } from './terminal-approval.ts'
export { terminalInput, type TerminalOptions } from './terminal-input.ts'
