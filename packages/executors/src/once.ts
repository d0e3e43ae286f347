/** Makes a thing when it is first asked for, and tries again the next time if that failed. */
export class Once<Thing> {
  readonly #make: () => Promise<Thing>
  #made: Promise<Thing> | undefined

  constructor(make: () => Promise<Thing>) {
    this.#make = make
  }

  async get(): Promise<Thing> {
    this.#made ??= this.#make()
    try {
      return await this.#made
    } catch (error) {
      // Whatever was in the way may be put right before the next time.
      this.#made = undefined
      throw error
    }
  }

  /** The thing, if it has been asked for and could be made. */
  async ifMade(): Promise<Thing | undefined> {
    return this.#made?.catch(() => undefined)
  }
}
