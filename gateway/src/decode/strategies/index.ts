import { aad } from './aad.js'
import { contrastive } from './contrastive.js'
import { eft } from './eft.js'
import { formula } from './formula.js'
import { greedyDpo, greedySft } from './greedy.js'
import { sample } from './sample.js'
import { bindMethod, type Method, type Strategy } from './strategy.js'

/** Every strategy, the default first. Adding one is a file, its test and a line here. */
export const strategies: readonly Strategy[] = [
  aad,
  greedyDpo,
  greedySft,
  eft,
  contrastive,
  sample,
  formula,
] as readonly Strategy[]

export const strategyNames: readonly string[] = strategies.map(({ name }) => name)
export const defaultStrategyName = aad.name

export function findStrategy(name: string): Strategy | undefined {
  return strategies.find((strategy) => strategy.name === name)
}

export { bindMethod, type Method, type Strategy }
