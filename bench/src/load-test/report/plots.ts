import { quantile } from '@tandem/process'
import { endToEndMs } from '../../load/request-record.js'
import type { RatedLoad } from '../find-knee.js'
import type { LoadResult } from '../load-result.js'
import type { Plot, Point } from './plot.js'

/** Returns the plots of a result: by rate for a ramp, and over time for all profiles. */
export const plotsOf = (result: LoadResult): readonly Plot[] => [
  ...(result.knee === null ? [] : [goodputByRate(result.loads), firstTokenByRate(result.loads)]),
  timesOverTime(result),
  gapShares(result),
]

const byRate = (loads: readonly RatedLoad[], value: (load: RatedLoad) => number): Point[] =>
  loads.flatMap((load) => (load.perSecond === null ? [] : [[load.perSecond, value(load)] as const]))

const goodputByRate = (loads: readonly RatedLoad[]): Plot => ({
  title: 'Goodput by rate of arrivals',
  xLabel: 'arrivals/s',
  yLabel: 'answers/s',
  series: [
    { name: 'goodput', style: 'line', points: byRate(loads, ({ summary }) => summary.goodputPerSecond) },
    { name: 'completed', style: 'line', points: byRate(loads, ({ summary }) => summary.requestsPerSecond) },
    { name: 'arrivals', style: 'line', points: byRate(loads, ({ perSecond }) => perSecond ?? 0) },
  ],
})

const firstTokenByRate = (loads: readonly RatedLoad[]): Plot => ({
  title: 'TTFT by rate of arrivals',
  xLabel: 'arrivals/s',
  yLabel: 'ms',
  series: (['p50', 'p95', 'p99'] as const).map((name) => ({
    name,
    style: 'line',
    points: byRate(loads, ({ summary }) => summary.firstTokenMs[name]),
  })),
})

function timesOverTime({ records }: LoadResult): Plot {
  const startMs = records.reduce((least, { sentAtMs }) => Math.min(least, sentAtMs), Number.POSITIVE_INFINITY)
  const completed = records.filter(({ outcome }) => outcome === 'completed')
  const at = (sentAtMs: number) => (sentAtMs - startMs) / 1000
  return {
    title: 'Requests over time',
    xLabel: 'time of the send, s',
    yLabel: 'ms',
    series: [
      { name: 'E2E', style: 'dots', points: completed.map((record) => [at(record.sentAtMs), endToEndMs(record)]) },
      {
        name: 'TTFT',
        style: 'dots',
        points: completed.map(({ sentAtMs, firstTokenMs }) => [at(sentAtMs), firstTokenMs ?? 0]),
      },
      {
        name: 'refused',
        style: 'dots',
        points: records.filter(({ outcome }) => outcome === 'refused').map(({ sentAtMs }) => [at(sentAtMs), 0]),
      },
    ],
  }
}

/** Shares that are drawn: the last percent is a few outliers that would flatten the rest. */
const shares = Array.from({ length: 100 }, (_, percent) => percent / 100)

function gapShares({ records }: LoadResult): Plot {
  const gaps = records.flatMap(({ gapsMs, outcome }) => (outcome === 'completed' ? gapsMs : [])).sort((a, b) => a - b)
  const points = gaps.length === 0 ? [] : shares.map((share): Point => [quantile(gaps, share), 100 * share])
  return {
    title: 'Inter-token latency',
    xLabel: 'ms',
    yLabel: '% of the gaps at most',
    series: [{ name: 'all answers', style: 'line', points }],
  }
}
