/** Python's strings are sequences of code points, those of JavaScript of UTF-16 units. */

const surrogate = /[\ud800-\udfff]/

/** The characters of a text. */
export function charactersOf(text: string): readonly string[] {
  return surrogate.test(text) ? [...text] : text.split('')
}

/** The number of characters. */
export function lengthOfText(text: string): number {
  return surrogate.test(text) ? [...text].length : text.length
}

/** Compares texts by code points. */
export function compareTexts(left: string, right: string): number {
  if (!surrogate.test(left) && !surrogate.test(right)) return left < right ? -1 : left > right ? 1 : 0
  const [a, b] = [[...left], [...right]]
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index]?.codePointAt(0) ?? 0) - (b[index]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
