/** Maximum characters of a value in an error message. */
const maxShown = 100

/** Cuts text that a client sent to the length that error messages show. */
export const shorten = (text: string): string => (text.length > maxShown ? `${text.slice(0, maxShown)}...` : text)

/** Formats a value for an error message. Shows the first level only, because a value may be nested deeper than the stack. */
export function showValue(value: unknown): string {
  if (typeof value === 'number') return Number.isNaN(value) ? 'not a number' : String(value)
  const text = JSON.stringify(value, (key, item: unknown) =>
    key !== '' && typeof item === 'object' && item ? '...' : item,
  )
  return text === undefined ? 'missing' : shorten(text)
}
