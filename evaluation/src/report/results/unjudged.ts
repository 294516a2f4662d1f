import { groupBy } from './group-by.js'
import type { JudgedOrder, Judgement } from './results-schema.js'
import type { ScoredResults } from './scored-results.js'

/** Maximum prompts that a note names. */
const maxNamed = 5

/** Returns a sentence for each two strategies that the judge gave no verdict on, and why. */
export function describeUnjudged({ results }: ScoredResults): string[] {
  const { judge, judgements, strategies } = results
  const labels = new Map(strategies.map(({ id, label, pair }) => [id, `${label} (${pair})`]))
  const groups = groupBy(judgements, ({ first, second }) => JSON.stringify([first, second]))
  return [...groups.values()].flatMap((group) => {
    const without = group.filter(({ score }) => score === null)
    const [one] = without
    if (!one) return []
    const [first, second] = [one.first, one.second].map((id) => labels.get(id) ?? id)
    const named = without.slice(0, maxNamed).map(({ prompt }) => prompt)
    const more = without.length > maxNamed ? ', ...' : ''
    return [
      `The judge${judge === null ? '' : ` ${judge}`} gave no verdict on ${without.length} of ${group.length} prompts ` +
        `for ${first} and ${second}: ${named.join(', ')}${more}. ${reasons(without)}Its win rates leave them out.`,
    ]
  })
}

/** How many requests had which fault. */
function reasons(judgements: readonly Judgement[]): string {
  const orders = judgements.flatMap(({ orders: both }) => both ?? [])
  const sentence = (name: string, fault: JudgedOrder) => {
    const count = orders.filter((order) => order === fault).length
    return count > 0 ? `${name}: ${count}. ` : ''
  }
  return sentence('Answers of the judge that are no verdict', 'unparsed') + sentence('Requests that failed', 'refused')
}
