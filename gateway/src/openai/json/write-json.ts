import { randomUUID } from 'node:crypto'

/** Marks integers that JSON.stringify cannot write. No client can know it, so no text has it. */
const mark = `${randomUUID()}:`
const marked = new RegExp(`"${mark}(-?\\d+)"`, 'g')

/**
 * Line ends that JSON allows in strings. Clients that read a stream line by line as Python's
 * `splitlines` does, such as httpx and requests, would break a line there.
 */
const lineEnds = /[\u0085\u2028\u2029]/g

/** Writes a value as JSON on one line by every definition of a line. It also writes bigints. */
export const writeJson = (value: object): string => stringify(value).replaceAll(lineEnds, escapeCharacter)

const escapeCharacter = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

function stringify(value: object): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    // A replacer makes all values slower, and only a large seed needs it.
    if (!(error instanceof TypeError)) throw error
    const text = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${mark}${item}` : item))
    return text.replaceAll(marked, '$1')
  }
}
