import type { AskedStrategy } from '@tandem/evaluation'
import { type Method, parseMethods } from '../chat/method.js'

/** Maximum points of all sweeps. */
const maxPoints = 256

/** A parameter with the values that it takes. */
type Axis = readonly [name: string, values: readonly string[]]

/**
 * Parses the strategies of an evaluation.
 * @param text methods with their parameters, e.g. `aad alpha=0.2,greedy-dpo`
 * @param sweeps e.g. `aad-beam width=2,4 tau=0.1,0.3`: every combination; without a strategy, every
 *   method of `text` that has the parameters
 * @throws Error as `parseMethods`, or if a sweep cannot be made
 */
export function evaluatedStrategies(text: string, sweeps: readonly string[]): AskedStrategy[] {
  const methods = parseMethods(wordsOf(text))
  const points = sweeps.flatMap((sweep) => pointsOf(sweep, methods))
  if (points.length > maxPoints)
    throw new Error(`--sweep has ${points.length} points: expected at most ${maxPoints} in all`)
  return [
    ...methods.map((method) => ({ method: named(method), role: 'method' as const })),
    ...points.map((method) => ({ method: named(method), role: 'sweep' as const })),
  ]
}

const wordsOf = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '')

function pointsOf(sweep: string, methods: readonly Method[]): Method[] {
  const words = sweep.split(/\s+/).filter((word) => word !== '')
  const strategies = words.filter((word) => !word.includes('='))
  const axes = words.filter((word) => word.includes('=')).map(axisOf)
  const [strategy, second] = strategies
  if (axes.length === 0 || second !== undefined) throw new Error(`--sweep "${sweep}" is no sweep: ${forms}`)
  const empty = axes.find(([, values]) => values.length === 0)
  if (empty) throw new Error(`--sweep "${sweep}": ${empty[0]} has no values; ${forms}`)
  const grid = gridOf(axes)
  if (strategy !== undefined) return parseMethods(grid.flatMap((point) => [strategy, ...point]))
  return sweepMethods(sweep, methods, grid)
}

const forms = 'expected a strategy and values of its parameters, e.g. "aad alpha=0.05,0.1,0.2"'

/** The points of all methods that have the parameters. */
function sweepMethods(sweep: string, methods: readonly Method[], grid: readonly (readonly string[])[]): Method[] {
  let refused: unknown
  const points = methods.flatMap((method) => {
    try {
      return grid.flatMap((point) => parseMethods([...wordsOfMethod(method), ...point]))
    } catch (error) {
      refused = error
      return []
    }
  })
  if (points.length > 0) return points
  const found = refused instanceof Error ? `: ${refused.message}` : ''
  throw new Error(`--sweep "${sweep}" fits no strategy of --strategies${found}`)
}

const wordsOfMethod = ({ strategy, ...parameters }: Method) => [
  String(strategy),
  ...Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`),
]

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

const named = (method: Method) => ({ ...method, strategy: String(method.strategy) })
