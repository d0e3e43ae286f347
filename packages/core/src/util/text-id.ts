/**
 * A short name for a text: the same for the same text, wherever it stands, and another one for any other that is met
 * in practice (53 bits). No secret can be told from it, and nobody can be kept from making a text with a given name.
 *
 * @see https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js for the mixing.
 */
export function idOfText(text: string): string {
  let one = 0xdeadbeef
  let other = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    one = Math.imul(one ^ code, 2654435761)
    other = Math.imul(other ^ code, 1597334677)
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909)
  other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909)
  return (4294967296 * (2097151 & other) + (one >>> 0)).toString(36)
}
