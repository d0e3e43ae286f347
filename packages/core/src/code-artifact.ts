/** A file that a program left behind, without its bytes. */
export interface CodeArtifact {
  /** Relative to the work folder. */
  readonly path: string
  /** Such as `image/png`. */
  readonly mime: string
  /** In bytes. */
  readonly size: number
  /** Whether it was written as a file or displayed by a notebook kernel. */
  readonly origin: 'file' | 'display'
  /** Where it lies on this machine, absolute; absent where it does not. It may be gone once more code has run. */
  readonly file?: string
}
