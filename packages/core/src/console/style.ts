/** The colours in which AutoGen prints. */
export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'magenta'

/** Puts a text into a colour, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string

const CODES: Readonly<Record<Colour, number>> = Object.freeze({ red: 31, green: 32, yellow: 33, blue: 34, magenta: 35 })

/** Colours by ANSI codes. */
export const ansi: Paint = (colour, text) => `\u001B[${CODES[colour]}m${text}\u001B[0m`

/** No colours. */
export const plain: Paint = (_colour, text) => text
