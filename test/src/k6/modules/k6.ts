import { registry } from '../metrics-registry.js'

/** `check` of k6: records whether a value meets conditions, and returns whether it meets all. */
export function check<T>(value: T, conditions: Record<string, (value: T) => boolean>): boolean {
  const results = Object.entries(conditions).map(([name, condition]) => {
    const isMet = Boolean(condition(value))
    registry.add('checks', isMet ? 1 : 0, { check: name })
    return isMet
  })
  return results.every(Boolean)
}
