import type { TokenTiming } from '@tandem/process'
import { replaceControls } from '../util/replace-controls.js'
import { formatTable } from '../util/table.js'
import { type BarScale, renderBar, renderLegend } from './render-bar.js'
import { type PartSummary, type Prefill, type Summary, summarize } from './summarize.js'

/** What a timeline shows. */
export interface Timeline {
  /** Lines above the timeline: the model, the strategy and other facts. */
  readonly header: readonly string[]
  readonly timings: readonly TokenTiming[]
}

/** Where a timeline is shown. */
export interface TimelineView {
  /** Characters of a line. */
  readonly width: number
  readonly hasColours: boolean
}

/** The shortest bar, even if the lines get too long by it. */
const minBarWidth = 10
const timeWidth = 12

/**
 * Renders a timeline: its header, where the prefill went, one line per token and a table of all
 * parts. Bars are scaled to the slowest token after the first, which has the prompt in its step.
 */
export function renderTimeline({ header, timings }: Timeline, { width, hasColours }: TimelineView): string {
  const summary = summarize(timings)
  if (summary.tokens === 0) return `${[...header.map(replaceControls), describeCount(summary)].join('\n')}\n`
  const indexWidth = Math.max('token'.length, String(timings.length).length)
  const barWidth = Math.max(minBarWidth, width - indexWidth - timeWidth - 2)
  const scale = { fullUs: findFullUs(timings), width: barWidth, hasColours }
  const lines = [
    // Headers come from files and clients.
    ...header.map(replaceControls),
    describeCount(summary),
    ...(summary.prefills.length === 0 ? [] : [`prefill: ${summary.prefills.map(describePrefill).join(', ')}`]),
    `bars: ${renderLegend(hasColours)}`,
    `${'token'.padStart(indexWidth)}${'step'.padStart(timeWidth)}`,
    ...timings.map((timing, i) => `${String(i).padStart(indexWidth)}${renderToken(timing, scale)}`),
  ]
  return `${lines.join('\n')}\n\n${renderSummary(summary)}`
}

/** Formats microseconds as milliseconds. */
export const milliseconds = (us: number): string => `${(us / 1000).toFixed(2)} ms`

function findFullUs(timings: readonly TokenTiming[]): number {
  const shown = timings.length > 1 ? timings.slice(1) : timings
  const slowest = shown.reduce((most, { step_us }) => Math.max(most, step_us), 0)
  return slowest === 0 ? (timings[0]?.step_us ?? 0) : slowest
}

const renderToken = (timing: TokenTiming, scale: BarScale): string =>
  timing.draft
    ? 'draft'.padStart(timeWidth)
    : `${milliseconds(timing.step_us).padStart(timeWidth)}  ${renderBar(timing, scale)}`.trimEnd()

const describeCount = ({ tokens, drafts }: Summary): string =>
  `${tokens} ${tokens === 1 ? 'token' : 'tokens'}${drafts === 0 ? '' : `, ${drafts} of them accepted drafts`}`

const describePrefill = ({ label, tokens, computeUs, token }: Prefill): string =>
  `${label} read ${tokens} ${tokens === 1 ? 'token' : 'tokens'} in ${milliseconds(computeUs)} (token ${token})`

function renderSummary({ parts, overlap, step, tokensPerSecond, withoutSft }: Summary): string {
  const isShown = ({ label, steps }: PartSummary) => steps > 0 || (label !== 'other' && label !== 'overlap')
  const rows = [...parts, overlap, step].filter(isShown).map(renderPart)
  const speed = tokensPerSecond === null ? '' : `${tokensPerSecond.toFixed(1)} tokens/s after the first token, `
  return (
    formatTable([['part', 'steps', 'median', 'p95', 'sum'], ...rows]) +
    `${speed}${(100 * withoutSft).toFixed(1)}% of the steps without an SFT run\n`
  )
}

function renderPart({ label, steps, medianUs, p95Us, sumUs }: PartSummary): string[] {
  // What ran at the same time is in the sums of two parts, and once in the step.
  const sum = label === 'overlap' ? -sumUs : sumUs
  const times = steps === 0 ? ['-', '-', '-'] : [medianUs, p95Us, sum].map(milliseconds)
  return [label, String(steps), ...times]
}
