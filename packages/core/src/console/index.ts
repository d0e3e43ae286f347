export { printTranscript, transcriptPrinter, type PrintOptions, type Watchable } from './print-transcript.ts'
export { transcriptOf, type ShowPicture } from './transcript.ts'
export { ansi, plain, type Colour, type Paint } from './style.ts'
export { printUsageSummary, type UsageMode, type UsageSummaryOptions } from './usage-summary.ts'
