import type { TopLevelSpec } from 'vega-lite'
import { histogram, type WinRate } from '../../statistics/index.js'
import type { Setting } from '../results/scored-results.js'
import { formatNumber } from '../tables/table.js'
import { fileName } from './best-of-n-figure.js'
import { type Figure, figureDefaults, type Layer } from './figure.js'
import { baseColours, seriesColours } from './palette.js'

/** The differences of one comparison. */
export interface Differences {
  /** The method that the reference is compared with. */
  readonly method: string
  readonly values: readonly number[]
  readonly win: WinRate
}

/** Draws a histogram of score differences for each compared method (Figure 10). */
export function histogramFigure(setting: Setting, name: string, compared: readonly Differences[]): Figure | null {
  const values = compared.flatMap((differences) => binsOf(name, differences))
  if (values.length === 0) return null
  const spec: TopLevelSpec = {
    ...figureDefaults,
    description: `Histograms of the difference of scores between ${name} and other methods`,
    data: { values },
    columns: 2,
    facet: { field: 'title', type: 'nominal', title: null, sort: [...new Set(values.map(({ title }) => title))] },
    spec: { width: 280, height: 160, layer: [bars, zero] },
    resolve: { scale: { y: 'independent' } },
  }
  const ties = compared.filter(({ win }) => win.ties > 0).map(({ method, win }) => `${win.ties} with ${method}`)
  return {
    id: `differences-${fileName(setting.pair)}-${fileName(setting.dataset)}`,
    title: `Differences of scores: ${setting.pair}, ${setting.dataset}`,
    caption:
      `Prompts by the score of ${name} minus that of the method. Bins by the rule of Freedman and Diaconis, ` +
      `with an edge at 0. Ties are in the bin from 0: ${ties.join(', ') || 'none'}.`,
    spec,
  }
}

function binsOf(name: string, { method, values, win }: Differences) {
  const title = `${name} − ${method}: W ${formatNumber(win.value, 2)}`
  return histogram(values).map((bin) => ({ ...bin, title }))
}

const bars: Layer = {
  mark: { type: 'bar', color: seriesColours[0]?.light ?? '#000', binSpacing: 1 },
  encoding: {
    x: { field: 'low', type: 'quantitative', bin: { binned: true }, title: 'difference of scores' },
    x2: { field: 'high' },
    y: { field: 'count', type: 'quantitative', title: 'prompts' },
  },
}

const zero: Layer = {
  mark: { type: 'rule', color: baseColours.ink.light, strokeDash: [4, 3] },
  encoding: { x: { datum: 0, type: 'quantitative' } },
}
