/** Counts tokens as a model does, or bounds them from above. */
export interface TokenCounter {
  /**
   * How many tokens a text takes; never fewer than the model counts.
   *
   * @param stopAt - Counting may stop once there are more: nobody asks how many more. Default `Infinity`.
   */
  count(text: string, stopAt?: number): number
  /** How many tokens a picture or another file takes at the most. Default: 2,600 for a picture, 8,192 for others. */
  countFile?(mediaType: string): number
}
