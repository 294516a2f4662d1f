import type { PlannedStrategy } from '../plan/plan-evaluation.js'
import type { JudgedPairs, JudgeOptions } from './judge-options.js'

/** The strategies of an evaluation. */
export interface ComparedStrategies {
  readonly strategies: readonly PlannedStrategy[]
  /** Label of the method that others are compared with. */
  readonly reference: string
}

/** Two strategies whose answers are compared. */
export type StrategyPair = readonly [first: PlannedStrategy, second: PlannedStrategy]

/** Requests for each comparison: both orders of the answers. */
const ordersEach = 2

/**
 * Lists the methods that are compared, in the order of their labels: rows do not depend on the
 * order in which strategies are named.
 */
export function judgedPairs({ strategies, reference }: ComparedStrategies, pairs: JudgedPairs): StrategyPair[] {
  const methods = strategies.filter(({ role }) => role === 'method').sort((a, b) => (a.label < b.label ? -1 : 1))
  return methods
    .flatMap((first, i) => methods.slice(i + 1).map((second) => [first, second] as const))
    .filter((pair) => pairs === 'all' || pair.some(({ label }) => label === reference))
}

/**
 * The number of requests to the judge, if every prompt has an answer of every strategy and no two
 * answers are equal.
 */
export const maxJudgeRequests = (plan: ComparedStrategies, { pairs }: JudgeOptions, prompts: number): number =>
  judgedPairs(plan, pairs).length * prompts * ordersEach
