import type { AskedStrategy } from '@tandem/evaluation'
import { parseScaled, type ScaledMethod, wordsOfScaled } from './scaled-methods.js'

/** Maximum points of all sweeps. */
const maxPoints = 256

/** A parameter with the values that it takes. */
type Axis = readonly [name: string, values: readonly string[]]

/**
 * Parses the strategies of an evaluation.
 * @param text methods with their parameters, e.g. `aad alpha=0.2,greedy-dpo`
 * @param sweeps e.g. `aad-beam width=2,4 tau=0.1,0.3`: every combination; without a strategy, every
 *   method of `text` that has the parameters
 * @throws Error as `parseScaled`, or if a sweep cannot be made
 */
export function evaluatedStrategies(text: string, sweeps: readonly string[]): AskedStrategy[] {
  const methods = parseScaled(wordsOf(text))
  const points = sweeps.flatMap((sweep) => pointsOf(sweep, methods))
  if (points.length > maxPoints)
    throw new Error(`--sweep has ${points.length} points: expected at most ${maxPoints} in all`)
  return [...methods.map((method) => asked(method, 'method')), ...points.map((method) => asked(method, 'sweep'))]
}

const wordsOf = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '')

function pointsOf(sweep: string, methods: readonly ScaledMethod[]): ScaledMethod[] {
  const words = sweep.split(/\s+/).filter((word) => word !== '')
  const strategies = words.filter((word) => !word.includes('='))
  const axes = words.filter((word) => word.includes('=')).map(axisOf)
  const [strategy, second] = strategies
  if (axes.length === 0 || second !== undefined) throw new Error(`--sweep "${sweep}" is no sweep: ${forms}`)
  const empty = axes.find(([, values]) => values.length === 0)
  if (empty) throw new Error(`--sweep "${sweep}": ${empty[0]} has no values; ${forms}`)
  const grid = gridOf(axes)
  if (strategy !== undefined) return parseScaled(grid.flatMap((point) => [strategy, ...point]))
  return sweepMethods(sweep, methods, grid)
}

const forms = 'expected a strategy and values of its parameters, e.g. "aad alpha=0.05,0.1,0.2"'

/** The points of all methods that have the parameters. */
function sweepMethods(
  sweep: string,
  methods: readonly ScaledMethod[],
  grid: readonly (readonly string[])[],
): ScaledMethod[] {
  let refused: unknown
  const points = methods.flatMap((method) => {
    try {
      return grid.flatMap((point) => parseScaled([...wordsOfScaled(method), ...point]))
    } catch (error) {
      refused = error
      return []
    }
  })
  if (points.length > 0) return points
  const found = refused instanceof Error ? `: ${refused.message}` : ''
  throw new Error(`--sweep "${sweep}" fits no strategy of --strategies${found}`)
}

function axisOf(word: string): Axis {
  const end = word.indexOf('=')
  return [
    word.slice(0, end),
    word
      .slice(end + 1)
      .split(',')
      .filter((value) => value !== ''),
  ]
}

/** Every combination of values, as words. */
const gridOf = (axes: readonly Axis[]): string[][] =>
  axes.reduce<string[][]>(
    (points, [name, values]) => points.flatMap((point) => values.map((value) => [...point, `${name}=${value}`])),
    [[]],
  )

const asked = ({ method, adapterScale }: ScaledMethod, role: AskedStrategy['role']): AskedStrategy => ({
  method: { ...method, strategy: String(method.strategy) },
  role,
  adapterScale,
})
