/** @throws TypeError where a request reads what it did not ask for: a fault of the program */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new TypeError('a model that was not asked for is needed')
  return value
}
