import type { Config, TopLevelSpec } from 'vega-lite'
import { baseColours, seriesColours } from './palette.js'

/** A figure of a report. */
export interface Figure {
  /** Name of its file. */
  readonly id: string
  readonly title: string
  readonly caption: string
  /** What the figure shows, in the grammar of Vega-Lite. It holds its data. */
  readonly spec: TopLevelSpec
}

const { ink, muted, grid, paper } = baseColours

/** The settings that all figures share. */
export const figureDefaults = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: paper.light,
  padding: 8,
  config: {
    font: 'Helvetica, Arial, sans-serif',
    view: { stroke: null },
    axis: {
      labelColor: muted.light,
      titleColor: ink.light,
      gridColor: grid.light,
      domainColor: muted.light,
      tickColor: muted.light,
      titleFontWeight: 'normal',
    },
    legend: { labelColor: ink.light, titleColor: ink.light, titleFontWeight: 'normal' },
    header: { labelColor: ink.light, titleColor: ink.light },
    title: { color: ink.light, fontWeight: 'normal' },
    range: { category: seriesColours.map(({ light }) => light) },
  } satisfies Config,
}

/** A layer of a specification. */
export type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number]

/**
 * A point of a line with the bounds of its interval. Without an interval the bounds are its
 * value.
 */
export interface LinePoint {
  readonly x: number
  readonly value: number
  readonly low: number
  readonly high: number
  readonly series: string
}

/** The titles of lines' axes and of their legend. */
export interface LineTitles {
  readonly x: string
  readonly y: string
  readonly series: string | null
}

/** Layers of lines with bands of their intervals, one colour for each series. */
export function lineLayers(points: readonly LinePoint[], titles: LineTitles): Layer[] {
  const shared = {
    x: { field: 'x', type: 'quantitative', title: titles.x, scale: { zero: false }, axis: axisOf(points) },
    color: { field: 'series', type: 'nominal', title: titles.series, sort: null, legend: { symbolOpacity: 1 } },
  } as const
  const y = { type: 'quantitative', title: titles.y, scale: { zero: false } } as const
  const data = { values: [...points] }
  return [
    {
      data,
      mark: { type: 'area', opacity: 0.18 },
      encoding: { ...shared, y: { ...y, field: 'low' }, y2: { field: 'high' } },
    },
    { data, mark: { type: 'line', point: { size: 24 } }, encoding: { ...shared, y: { ...y, field: 'value' } } },
  ]
}

/** Ticks at whole numbers if all points are there. */
const axisOf = (points: readonly LinePoint[]) => ({
  format: '~g',
  ...(points.every(({ x }) => Number.isInteger(x)) ? { tickMinStep: 1 } : {}),
})

/** A horizontal line at a value, with its name in the legend. */
export const referenceLine = (value: number, name: string): Layer => ({
  data: { values: [{ y: value, series: name }] },
  mark: { type: 'rule', strokeDash: [6, 4], size: 2 },
  encoding: {
    y: { field: 'y', type: 'quantitative' },
    color: { field: 'series', type: 'nominal', sort: null },
  },
})
