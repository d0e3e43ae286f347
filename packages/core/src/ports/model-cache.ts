/**
 * Keeps answers of models, as texts, by keys of 64 hexadecimal digits.
 *
 * What it gives is checked before it is used; a text that cannot be read counts as none. An error that it throws is an
 * event, and the model is asked.
 */
export interface ModelCache {
  /** Makes keys: with another seed the same questions are new ones. */
  readonly seed: string | number
  /** Answers that are being given now, so that one question is not asked twice at once. Begin with an empty map. */
  readonly pending: Map<string, Promise<string | undefined>>
  get(key: string): string | undefined | Promise<string | undefined>
  set(key: string, answer: string): void | Promise<void>
}
