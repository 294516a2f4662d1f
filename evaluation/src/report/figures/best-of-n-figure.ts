import type { TopLevelSpec } from 'vega-lite'
import type { Estimate } from '../../statistics/index.js'
import type { PoolCurves } from '../tables/best-of-n-table.js'
import { type Figure, figureDefaults, type Layer, type LinePoint, lineLayers, referenceLine } from './figure.js'
import { baseColours } from './palette.js'

/**
 * The N at which best-of-N costs about as much as AAD: both compute two forwards for each
 * token.
 */
const equalCost = 2

/**
 * Draws best-of-N against the reference (Figure 2).
 * @param reference R of the reference method, or null if it has no scores
 */
export function bestOfNFigure(pool: PoolCurves, name: string, reference: Estimate | null): Figure {
  const spec: TopLevelSpec = {
    ...figureDefaults,
    description: `R of best-of-N by N, and of ${name}`,
    width: 460,
    height: 280,
    layer: [
      ...lineLayers(pointsOf(pool), { x: 'N', y: 'R', series: null }),
      ...(reference ? [referenceLine(reference.value, name)] : []),
      ...(pool.curves.oracle.length >= equalCost ? [costLine] : []),
    ],
  }
  return {
    id: `best-of-n-${fileName(pool.pair)}-${fileName(pool.dataset)}-${fileName(pool.label)}`,
    title: `Best-of-N: ${pool.label}, ${pool.pair}, ${pool.dataset}`,
    caption:
      `Expected R of the best of N samples, with 95% intervals. The horizontal line is ${name}. ` +
      `At the dashed vertical line, N = ${equalCost}, both cost about the same.`,
    spec,
  }
}

function pointsOf({ curves: { oracle, picker, random }, hasPicker }: PoolCurves): LinePoint[] {
  return [
    ...linePoints('best by oracle', oracle),
    ...(hasPicker ? linePoints('best by picker', picker) : []),
    // As in the paper, the random choice has no band.
    ...oracle.map((_, i) => ({ ...flat(random.value), x: i + 1, series: 'random' })),
  ]
}

const costLine: Layer = {
  data: { values: [{ x: equalCost }] },
  mark: { type: 'rule', strokeDash: [2, 3], color: baseColours.muted.light },
  encoding: { x: { field: 'x', type: 'quantitative' } },
}

const flat = (value: number) => ({ value, low: value, high: value })

const linePoints = (series: string, curve: readonly Estimate[]): LinePoint[] =>
  curve.map(({ value, interval }, i) => ({ ...flat(value), ...interval, x: i + 1, series }))

/** Turns a name into part of a file's name. */
export const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60) || 'all'
