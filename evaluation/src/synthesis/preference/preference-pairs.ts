import type { Tally } from '../counts.js'
import type { EarlierRejected } from '../earlier-rejected.js'
import type { Pair } from '../pair.js'
import type { Group } from '../read-groups.js'
import type { Plan } from '../sides.js'
import { preferencePair } from './preference-pair.js'

/** How pairs are selected. */
export interface PreferenceSettings {
  readonly plan: Plan
  /** The rejected answers of an earlier round; null: the plan has them. */
  readonly earlier: EarlierRejected | null
  /** Whether pairs with an answer that the limit of tokens cut are dropped. */
  readonly completeOnly: boolean
}

/** Yields at most one pair for each prompt, and counts the others by reason. */
export async function* preferencePairs(
  groups: AsyncIterable<Group>,
  { plan, earlier, completeOnly }: PreferenceSettings,
  tally: Tally,
): AsyncGenerator<Pair> {
  for await (const { prompt, pools } of groups) {
    const sides = preferencePair(plan, pools, (await earlier?.read(prompt.prompt)) ?? null, completeOnly)
    if ('dropped' in sides) tally.add(sides.dropped)
    else yield { prompt, ...sides, columns: {} }
  }
}
