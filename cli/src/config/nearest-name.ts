import { closest, distance } from 'fastest-levenshtein'

/** Edits that a slip of the keyboard takes. */
const mostEdits = 3
/** Above this share of the letters it is another word. */
const mostOfLength = 0.6

/** "did you mean ...?" where a name is near a known one, else all that are known. */
export function suggestName(name: string, known: readonly string[]): string {
  const nearest = closest(name, known)
  const edits = distance(name, nearest)
  return edits <= mostEdits && edits < mostOfLength * Math.max(name.length, nearest.length)
    ? `did you mean "${nearest}"?`
    : `the keys are ${known.join(', ')}`
}
