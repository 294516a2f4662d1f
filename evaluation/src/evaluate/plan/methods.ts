import type { Method } from '../../answers/pool.js'
import type { Fields } from '../../prompts/index.js'

/** The name of the scale of an adapter, next to the parameters of a strategy. */
export const scaleName = 'adapter_scale'

/** A strategy that is evaluated: a row of the tables, or a point of a sweep. */
export interface AskedStrategy {
  readonly method: Method
  readonly role: 'method' | 'sweep'
  /**
   * The factor of its own scale with which the DPO model's adapter is applied; null: that of the
   * evaluation.
   */
  readonly adapterScale: number | null
}

/**
 * Formats a strategy as people type it, e.g. `aad alpha=0.2 adapter_scale=0.4`. It is the
 * strategy's label.
 */
export const labelOf = ({ strategy, ...parameters }: Method, adapterScale: number | null = null): string =>
  [
    strategy,
    ...Object.entries(withScale(parameters, adapterScale)).map(([name, value]) => `${name}=${String(value)}`),
  ].join(' ')

/** Adds the scale to the parameters of a strategy, if it names one. */
export const withScale = (parameters: Fields, adapterScale: number | null): Fields =>
  adapterScale === null ? parameters : { ...parameters, [scaleName]: adapterScale }

/** A name that two methods share only if they are equal, whatever the order of their parameters. */
export const methodKey = (method: Fields): string =>
  JSON.stringify(Object.entries(method).sort(([a], [b]) => (a < b ? -1 : 1)))
