import type { PartReader } from './model-call.ts'

/** Hands on the parts of another reader. For layers that change what is read and nothing else. */
export class PassingReader implements PartReader {
  protected readonly parts: PartReader

  constructor(parts: PartReader) {
    this.parts = parts
  }

  get modelId(): string {
    return this.parts.modelId
  }

  get cutOff(): PartReader['cutOff'] {
    return this.parts.cutOff
  }

  read(): ReturnType<PartReader['read']> {
    return this.parts.read()
  }

  close(): void {
    this.parts.close()
  }

  cancel(reason: unknown): void {
    this.parts.cancel(reason)
  }
}
