import { showValue } from '@tandem/process'

/** A setting that differs. */
export interface Difference {
  /** The keys from the top, e.g. `request.decoding.alpha`. */
  readonly name: string
  readonly before: unknown
  readonly now: unknown
}

/** Lists what differs between two JSON values, each with the keys that lead to it. */
export function findDifferences(before: unknown, now: unknown, name = ''): Difference[] {
  if (!isGroup(before) || !isGroup(now))
    return JSON.stringify(before) === JSON.stringify(now) ? [] : [{ name, before, now }]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])]
  return keys.flatMap((key) => findDifferences(before[key], now[key], name === '' ? key : `${name}.${key}`))
}

/** Formats a difference: `request.max_tokens is 64, and was 32`. */
export const describeDifference = ({ name, before, now }: Difference): string =>
  `${name} is ${showValue(now)}, and was ${showValue(before)}`

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
