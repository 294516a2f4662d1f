/** Maximum size of everything in messages apart from their contents, in characters and values. */
export const maxOtherSize = 262_144
/** Maximum depth of lists and objects inside a message. */
export const maxDepth = 100

/**
 * Measures messages that nothing has validated yet, in time linear in their size.
 * @returns the characters of all contents, and the size of the rest, infinite if it is nested too
 *   deep
 */
export function measureMessages(messages: readonly unknown[]): { contents: number; others: number } {
  let contents = 0
  const others: unknown[] = []
  for (const message of messages) {
    const { content, ...more } = toObject(message)
    others.push(more)
    for (const part of Array.isArray(content) ? content : [{ text: content }]) {
      const { text, ...extra } = toObject(part)
      if (typeof text === 'string') contents += text.length
      others.push(typeof text === 'string' ? extra : part)
    }
  }
  return { contents, others: sizeOf(others) }
}

/**
 * Counts characters of texts and names, and one for each other value, and stops above the limit.
 */
function sizeOf(values: readonly unknown[]): number {
  let size = 0
  const remaining = values.map((value) => ({ value, depth: 0 }))
  // A loop instead of recursion: data may be nested deeper than the call stack allows.
  for (let next = remaining.pop(); next && size <= maxOtherSize; next = remaining.pop()) {
    const { value, depth } = next
    if (depth > maxDepth) return Number.POSITIVE_INFINITY
    size += typeof value === 'string' ? value.length : 1
    if (Array.isArray(value)) size += value.length
    if (size > maxOtherSize) break
    for (const [name, item] of Object.entries(toObject(value))) {
      size += Array.isArray(value) ? 0 : name.length
      remaining.push({ value: item, depth: depth + 1 })
    }
  }
  return size
}

const toObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
