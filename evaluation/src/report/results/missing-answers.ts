import type { ScoredResults } from './scored-results.js'

/** Maximum prompts that a note names. */
const maxNamed = 5

/** Returns a sentence for each method that lacks scored answers, and what that means. */
export function describeMissing(scored: ScoredResults): string[] {
  return scored.settings().flatMap(({ pair, dataset }) =>
    scored.results.strategies
      .filter((strategy) => strategy.pair === pair)
      .flatMap((strategy) => {
        const found = new Set(scored.scores(strategy, dataset).map(({ prompt }) => prompt))
        const missing = scored.promptsOf(dataset).filter((prompt) => !found.has(prompt))
        if (missing.length === 0) return []
        const named = missing.slice(0, maxNamed).join(', ') + (missing.length > maxNamed ? ', ...' : '')
        return [
          `${strategy.label} (${pair}) has no scored answer to ${missing.length} of ` +
            `${found.size + missing.length} prompts of ${dataset}: ${named}. Comparisons leave these prompts out.`,
        ]
      }),
  )
}
