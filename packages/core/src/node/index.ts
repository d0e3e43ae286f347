export { configListFromJson, type ConfigListOptions } from './config-list-from-json.ts'
export { diskCache, type DiskCacheOptions } from './disk-cache.ts'
export { terminalApproval } from './terminal-approval.ts'
export { terminalInput, type TerminalOptions } from './terminal-input.ts'
