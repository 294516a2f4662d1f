/**
 * Returns an object whose unknown properties throw, so that a script cannot call what the adapter
 * lacks.
 */
export function onlyKnown<T extends object>(module: string, known: T): T {
  return new Proxy(known, {
    get(target, key) {
      if (key in target || typeof key === 'symbol') return Reflect.get(target, key)
      throw new Error(`the adapter has no ${module}.${key}: add it to test/src/k6/modules`)
    },
  })
}

/** @throws Error if an object has other keys than these */
export function assertKeys(what: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown !== undefined) throw new Error(`${what} has ${unknown}: the adapter knows ${known.join(', ')}`)
}
