/** A point: x, y. */
export type Point = readonly [number, number]

/** One line, or one set of dots. */
export interface PlotSeries {
  readonly name: string
  readonly style: 'line' | 'dots'
  readonly points: readonly Point[]
}

/** A plot with linear axes that begin at 0. */
export interface Plot {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly series: readonly PlotSeries[]
}
