/** Length of the parts of a long text, in UTF-16 units: a few milliseconds each. */
export const partLength = 4_096

/** Divides a text into parts of a length. None ends inside a surrogate pair. */
export function* divideText(text: string, length: number): Generator<string> {
  let start = 0
  do {
    const end = start + length
    const isPair = end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))
    yield text.slice(start, isPair ? end + 1 : end)
    start = isPair ? end + 1 : end
  } while (start < text.length)
}
