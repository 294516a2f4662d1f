import type { PlannedStrategy } from '../plan/plan-evaluation.js'
import type { ScoredRow } from './read-scored-rows.js'

/** An answer of a strategy, with its number. */
export interface PickedAnswer {
  readonly sample: number
  readonly row: ScoredRow & { readonly text: string; readonly tokens: number }
}

/**
 * Picks a strategy's answers of those to one prompt. The best is the one with the highest score by
 * the picker; if scores are equal, the first, as at the gateway.
 * @param rows the answers of the strategy's pool, in the order of their numbers
 * @returns nothing if the best is asked for and an answer or its score is missing
 */
export function pickAnswers({ pick, samples }: PlannedStrategy, rows: readonly ScoredRow[]): PickedAnswer[] {
  const mine = rows.slice(0, samples).filter(isAnswered)
  if (pick === 'all') return mine.map((row) => ({ sample: row.sample, row }))
  const row = pick === 'best' ? best(mine, samples) : mine.find(({ sample }) => sample === 0)
  return row ? [{ sample: 0, row }] : []
}

function best(rows: readonly PickedAnswer['row'][], samples: number): PickedAnswer['row'] | undefined {
  if (rows.length < samples || rows.some(({ picker }) => picker === null)) return undefined
  return rows.reduce((found, row) => ((row.picker ?? 0) > (found.picker ?? 0) ? row : found))
}

const isAnswered = (row: ScoredRow): row is PickedAnswer['row'] => row.text !== null && row.tokens !== null
