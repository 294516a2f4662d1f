const quote = 0x22
const backslash = 0x5c
const minus = 0x2d
const digits = /[-+.\deE]+/y

/**
 * Puts every number of a JSON text in quotes, so that `JSON.parse` returns it as it was written.
 * @param json valid JSON
 */
export function quoteNumbers(json: string): string {
  let quoted = ''
  let copied = 0
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i)
    if (code === quote) i = endOfString(json, i)
    else if (startsNumber(code)) {
      const end = endOfNumber(json, i)
      quoted += `${json.slice(copied, i)}"${json.slice(i, end)}"`
      copied = end
      i = end - 1
    }
  }
  return quoted + json.slice(copied)
}

const startsNumber = (code: number): boolean => code === minus || (code >= 0x30 && code <= 0x39)

/** Returns the index of the quote that ends a string. */
function endOfString(json: string, start: number): number {
  for (let i = start + 1; i < json.length; i++) {
    const code = json.charCodeAt(i)
    if (code === quote) return i
    if (code === backslash) i++
  }
  return json.length
}

function endOfNumber(json: string, start: number): number {
  digits.lastIndex = start
  digits.test(json)
  return digits.lastIndex
}
