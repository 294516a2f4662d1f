/** Maximum characters of a value in an error message. */
const maxShown = 100

/** Shortens text from a request for an error message. */
export const shorten = (text: string): string => (text.length > maxShown ? `${text.slice(0, maxShown)}...` : text)

/**
 * Formats a value for an error message, only to the first level: it may be nested deeper than the
 * call stack allows.
 */
export function showValue(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isNaN(value) ? 'not a number' : String(value)
  const text = JSON.stringify(value, (key, item: unknown) =>
    key !== '' && typeof item === 'object' && item ? '...' : item,
  )
  return text === undefined ? 'missing' : shorten(text)
}
