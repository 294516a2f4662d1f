/**
 * Returns a value that the program's own logic guarantees.
 * @throws TypeError if it is missing: for example a model's session that the request did not open
 */
export function assertPresent<T>(value: T | null | undefined): T {
  if (value === null || value === undefined)
    throw new TypeError(
      `expected a value, found ${value}: the decode loop reads something that the request did not open`,
    )
  return value
}
