import type { Method } from '../../answers/pool.js'
import type { Fields } from '../../prompts/index.js'

/** A strategy that is evaluated: a row of the tables, or a point of a sweep. */
export interface AskedStrategy {
  readonly method: Method
  readonly role: 'method' | 'sweep'
}

/** Formats a strategy as people type it, e.g. `aad alpha=0.2`. It is the strategy's label. */
export const labelOf = ({ strategy, ...parameters }: Method): string =>
  [strategy, ...Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`)].join(' ')

/** A name that two methods share only if they are equal, whatever the order of their parameters. */
export const methodKey = (method: Fields): string =>
  JSON.stringify(Object.entries(method).sort(([a], [b]) => (a < b ? -1 : 1)))
