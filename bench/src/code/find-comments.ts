/** A part of a text, from `start` to before `end`. */
export interface Range {
  readonly start: number
  readonly end: number
}

/**
 * Finds the comments of a TypeScript text.
 * @param literals the strings, templates and regular expressions of the text in ascending order; a
 *   `//` in them begins no comment
 */
export function findComments(text: string, literals: readonly Range[]): Range[] {
  const comments: Range[] = []
  let next = 0
  for (let at = 0; at < text.length; at++) {
    while ((literals[next]?.end ?? Number.POSITIVE_INFINITY) <= at) next++
    const literal = literals[next]
    if (literal && at >= literal.start) {
      at = literal.end - 1
      continue
    }
    const end = commentEnd(text, at)
    if (end === null) continue
    comments.push({ start: at, end })
    at = end - 1
  }
  return comments
}

function commentEnd(text: string, start: number): number | null {
  const [opening, closing] = text.startsWith('//', start) ? ['//', '\n'] : ['/*', '*/']
  if (!text.startsWith(opening, start)) return null
  const found = text.indexOf(closing, start + 2)
  if (found < 0) return text.length
  return closing === '\n' ? found : found + 2
}
