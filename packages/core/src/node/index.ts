export { tapeFile, type TapeFile, type TapeFileOptions } from './tape-file.ts'
export { terminalApproval } from './terminal-approval.ts'
export { terminalPictures, type TerminalPicturesOptions } from './terminal-pictures.ts'
export { terminalInput, type TerminalOptions } from './terminal-input.ts'
