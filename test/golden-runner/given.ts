/** An object without its absent keys. */
export type Given<Options> = { [Key in keyof Options]?: Exclude<Options[Key], undefined> }

/** Leaves out the keys that hold `undefined`: in this project optional means absent. */
export function given<Options extends object>(options: Options): Given<Options> {
  // Only keys without a value are gone.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<Options>
}
