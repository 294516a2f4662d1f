import { closest, distance } from 'fastest-levenshtein'

/** Maximum edits of a typing error. */
const maxEdits = 3
/** Maximum share of edited letters: above it, it is another word. */
const maxEditShare = 0.6

/** Returns "did you mean ...?" if a known name is near, else all known names. */
export function suggestName(name: string, known: readonly string[]): string {
  const nearest = closest(name, known)
  const edits = distance(name, nearest)
  return edits <= maxEdits && edits < maxEditShare * Math.max(name.length, nearest.length)
    ? `did you mean "${nearest}"?`
    : `the keys are ${known.join(', ')}`
}
