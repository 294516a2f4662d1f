/** Numbers that a statistic cannot be computed from. The message says what to do. */
export class StatisticsError extends Error {
  override readonly name = 'StatisticsError'
}

/**
 * Refuses values that are not finite numbers.
 * @param name what the values are, for the message
 */
export function requireFinite(name: string, values: readonly number[]): void {
  const at = values.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return
  throw new StatisticsError(
    `${name}[${at}] is ${values[at]}: expected a finite number. Score the row again, or leave it out`,
  )
}

/** Refuses an empty list. */
export function requireSome(name: string, values: readonly unknown[]): void {
  if (values.length > 0) return
  throw new StatisticsError(`${name} is empty: expected at least one value. Check that answers and scores were found`)
}

/** Refuses two lists that are not paired one to one. */
export function requireEqualLength(first: readonly unknown[], second: readonly unknown[]): void {
  if (first.length === second.length) return
  throw new StatisticsError(
    `The lists have ${first.length} and ${second.length} values: expected one pair for each prompt. ` +
      'Keep the prompts that both have',
  )
}
