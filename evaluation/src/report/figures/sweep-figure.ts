import type { TopLevelSpec } from 'vega-lite'
import type { Estimate } from '../../statistics/index.js'
import type { SweepPoint } from '../tables/sweep-table.js'
import type { Sweep } from '../tables/sweeps.js'
import type { Cell } from '../tables/table.js'
import { fileName } from './best-of-n-figure.js'
import { type Figure, figureDefaults, type Layer, type LinePoint, lineLayers, referenceLine } from './figure.js'

/**
 * Draws R by the parameter of a sweep: of the reference itself in the form of Figures 3 and 7, of
 * another method in the form of Figure 8, with the reference's win rate on the left and its R as a
 * line on the right.
 * @param points the points of one sweep, on one dataset if it has a second parameter
 * @param reference R of the reference by dataset; empty for a sweep of the reference itself
 */
export function sweepFigure(
  points: readonly SweepPoint[],
  name: string,
  reference: ReadonlyMap<string, Estimate>,
): Figure | null {
  const [first] = points
  if (!first) return null
  const { sweep, dataset } = first
  const rules = [...reference].map(([of, { value }]) =>
    referenceLine(value, reference.size > 1 ? `${name}, ${of}` : name),
  )
  const rewards = panel(points, sweep, 'R', ({ reward }) => reward, rules)
  const wins = panel(points, sweep, `W of ${name}`, ({ win }) => win, [])
  const hasWins = reference.size > 0
  const panels = hasWins ? [wins, rewards] : [rewards]
  const spec: TopLevelSpec = { ...figureDefaults, description: `${sweep.strategy} by ${sweep.x}`, hconcat: panels }
  const place = sweep.series === null ? [sweep.pair] : [sweep.pair, dataset]
  return {
    id: ['sweep', sweep.strategy, sweep.x, ...place].map(fileName).join('-'),
    title: `${sweep.strategy} by ${sweep.x}: ${place.join(', ')}`,
    caption: `R by ${sweep.x}${hasWins ? `, and W of ${name} against each point` : ''}, with 95% intervals.`,
    spec,
  }
}

/** One panel. Without a second parameter the lines are the datasets. */
function panel(
  points: readonly SweepPoint[],
  { x, series }: Sweep,
  title: string,
  cellOf: (point: SweepPoint) => Cell,
  lines: readonly Layer[],
) {
  const values = points.flatMap((point) =>
    linePoint(point, cellOf(point), series === null ? point.dataset : point.series),
  )
  const titles = { x, y: title, series: series ?? 'dataset' }
  return { width: 300, height: 240, layer: [...lineLayers(values, titles), ...lines] }
}

/** The point of a line, or none if the cell has no value. */
function linePoint({ x }: SweepPoint, cell: Cell, series: string): LinePoint[] {
  if (cell.kind !== 'estimate') return []
  const { value, interval } = cell.estimate
  return [{ x, series, value, low: interval?.low ?? value, high: interval?.high ?? value }]
}
