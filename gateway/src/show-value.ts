/** Characters of a value that an error shows. */
const maxShown = 100

/** Text of a caller's as errors show it. */
export const shorten = (text: string): string => (text.length > maxShown ? `${text.slice(0, maxShown)}...` : text)

/** A value as errors show it, to the first level: it may be nested deeper than the stack is. */
export function showValue(value: unknown): string {
  if (typeof value === 'number') return Number.isNaN(value) ? 'no number' : String(value)
  const text = JSON.stringify(value, (key, item: unknown) =>
    key !== '' && typeof item === 'object' && item ? '...' : item,
  )
  return text === undefined ? 'missing' : shorten(text)
}
