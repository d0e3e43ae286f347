/** A piece of code to run. */
export interface CodeBlock {
  /** In lower case, as written after the fence or worked out from the code: `python`, `sh`, `javascript`. */
  readonly language: string
  readonly code: string
  /** Where the program asked to be saved: the name in its first line, as in `# filename: plot.py`. */
  readonly filename?: string
}
