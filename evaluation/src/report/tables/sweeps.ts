import type { EvaluatedStrategy } from '../results/results-schema.js'

/** Strategies of one method that differ in a numeric parameter, and perhaps in a second one. */
export interface Sweep {
  readonly pair: string
  readonly strategy: string
  /** The parameter with the most values. */
  readonly x: string
  /** The second parameter that differs, or null. */
  readonly series: string | null
  readonly points: readonly EvaluatedStrategy[]
}

/**
 * Finds the sweeps: strategies with the role `sweep`, and methods of the same kind, in groups
 * of one pair, one decoding method and one parameter.
 */
export function findSweeps(strategies: readonly EvaluatedStrategy[]): Sweep[] {
  const swept = strategies.filter(({ role }) => role === 'sweep')
  const kinds = new Map(swept.map(({ pair, strategy }) => [JSON.stringify([pair, strategy]), { pair, strategy }]))
  return [...kinds.values()].flatMap(({ pair, strategy }) =>
    sweepsOf(
      strategies.filter((other) => other.pair === pair && other.strategy === strategy && other.role !== 'pool'),
    ).map((sweep) => ({ pair, strategy, ...sweep })),
  )
}

/** The sweep of the parameter with the most values, then those of points that do not have it. */
function sweepsOf(strategies: readonly EvaluatedStrategy[]): Omit<Sweep, 'pair' | 'strategy'>[] {
  const [x] = varyingParameters(strategies)
  if (x === undefined || !strategies.some(({ role }) => role === 'sweep')) return []
  const points = strategies.filter(hasNumber(x))
  if (points.length === 0) return []
  const [series = null] = varyingParameters(points).filter((name) => name !== x)
  return [{ x, series, points }, ...sweepsOf(strategies.filter((one) => !points.includes(one)))]
}

/** The parameters that differ, those with the most numeric values first. */
function varyingParameters(points: readonly EvaluatedStrategy[]): string[] {
  const names = [...new Set(points.flatMap(({ parameters }) => Object.keys(parameters)))]
  const counts = names.map((name) => {
    const values = points.map(({ parameters }) => parameters[name])
    const numeric = values.filter((value) => typeof value === 'number')
    return { name, distinct: new Set(values).size, numeric: new Set(numeric).size }
  })
  return counts
    .filter(({ distinct }) => distinct > 1)
    .sort((a, b) => b.numeric - a.numeric)
    .map(({ name }) => name)
}

const hasNumber =
  (name: string) =>
  ({ parameters }: EvaluatedStrategy): boolean =>
    typeof parameters[name] === 'number'
