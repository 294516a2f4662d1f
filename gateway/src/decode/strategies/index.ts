import type { z } from 'zod'
import { aad } from './aad.js'
import { aadBeam } from './aad-beam.js'
import { beam } from './beam.js'
import { type BeamStrategy, bindBeam } from './beam-strategy.js'
import { bestOfN } from './best-of-n.js'
import { bindChoice, type ChoiceStrategy } from './choice-strategy.js'
import { contrastive } from './contrastive.js'
import { eft } from './eft.js'
import { formula } from './formula.js'
import { greedyDpo, greedySft } from './greedy.js'
import type { Method } from './bound-strategy.js'
import { randomOfN } from './random-of-n.js'
import { sample } from './sample.js'
import { bindMethod, type Strategy } from './token-strategy.js'

export type AnyStrategy = Strategy | BeamStrategy | ChoiceStrategy

/** Every strategy, the default first. Adding one is a file, its test and a line here. */
export const strategies: readonly AnyStrategy[] = [
  aad,
  greedyDpo,
  greedySft,
  eft,
  contrastive,
  sample,
  beam,
  aadBeam,
  bestOfN,
  randomOfN,
  formula,
] as readonly AnyStrategy[]

export const strategyNames: readonly string[] = strategies.map(({ name }) => name)
export const defaultStrategyName = aad.name

export function findStrategy(name: string): AnyStrategy | undefined {
  return strategies.find((strategy) => strategy.name === name)
}

/** @param parameters as the strategy's own schema gives them */
export function bindStrategy(strategy: AnyStrategy, parameters: z.output<typeof strategy.parameters>): Method {
  if ('pick' in strategy) return bindMethod(strategy, parameters)
  return 'score' in strategy ? bindBeam(strategy, parameters) : bindChoice(strategy, parameters)
}

export { bindMethod, type Method, type Strategy }
