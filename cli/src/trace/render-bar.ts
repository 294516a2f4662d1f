import type { TokenTiming } from '@tandem/process'
import { lengthsOf, type Part, parts } from './parts.js'

/** Ends a bar that is longer than its place. */
export const cutMark = '>'

/** How bars are drawn. */
export interface BarScale {
  /** The time of a bar over the whole width, in microseconds. Longer bars are cut. */
  readonly fullUs: number
  /** Characters of the longest bar. */
  readonly width: number
  readonly hasColours: boolean
}

/** Draws the step of a token: its length is the time of the step, its letters are the parts. */
export function renderBar(timing: TokenTiming, { fullUs, width, hasColours }: BarScale): string {
  const length = barLength(timing.step_us, fullUs, width)
  const counts = divide(length, lengthsOf(timing))
  const runs = parts.map((part, i) => ({ part, text: part.letter.repeat(counts[i] ?? 0) }))
  const isCut = timing.step_us > fullUs
  const last = runs.findLast(({ text }) => text !== '')
  if (isCut && last) last.text = `${last.text.slice(0, -1)}${cutMark}`
  return runs.map(({ part, text }) => paint(text, part, hasColours)).join('')
}

/** The legend of the bars. */
export const renderLegend = (hasColours: boolean): string =>
  [...parts.map((part) => `${paint(part.letter, part, hasColours)} ${part.label}`), `${cutMark} longer`].join('  ')

/** Any time that is not 0 has at least one character. */
function barLength(stepUs: number, fullUs: number, width: number): number {
  if (stepUs <= 0) return 0
  return fullUs <= 0 ? width : Math.min(width, Math.max(1, Math.round((width * stepUs) / fullUs)))
}

/**
 * Divides a number of characters in the ratio of the shares. Without any share the last one, the
 * gateway's own time, gets all.
 */
function divide(length: number, shares: readonly number[]): readonly number[] {
  const total = shares.reduce((sum, share) => sum + share, 0)
  if (total === 0) return shares.map((_, i) => (i === shares.length - 1 ? length : 0))
  let sum = 0
  const ends = shares.map((share) => {
    sum += share
    return Math.round((length * sum) / total)
  })
  return ends.map((end, i) => end - (ends[i - 1] ?? 0))
}

function paint(text: string, { colour }: Part, hasColours: boolean): string {
  return hasColours && text !== '' ? `\u001b[30;${colour}m${text}\u001b[0m` : text
}
