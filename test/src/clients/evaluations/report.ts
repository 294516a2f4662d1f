/** What is checked of a client: its name, and whether it held. */
export interface Check {
  readonly name: string
  /** What was found and what was expected; null if the check holds. */
  readonly problem: string | null
}

/** Creates a check of equality, compared as JSON. */
export function checkEqual(name: string, found: unknown, expected: unknown): Check {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)]
  return { name, problem: a === b ? null : `found ${shortened(a)}, expected ${shortened(b)}` }
}

/** Creates a check of numbers, which may differ by `error`. */
export function checkClose(name: string, found: readonly number[], expected: readonly number[], error: number): Check {
  const wrong = expected.findIndex((value, i) => !(Math.abs((found[i] ?? Number.NaN) - value) <= error))
  const at = wrong < 0 && found.length !== expected.length ? expected.length : wrong
  return { name, problem: at < 0 ? null : `value ${at}: found ${found[at]}, expected ${expected[at]}` }
}

const shortened = (text = 'undefined'): string => (text.length > 500 ? `${text.slice(0, 500)}...` : text)
