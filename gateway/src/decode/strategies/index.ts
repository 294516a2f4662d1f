import type { z } from 'zod'
import { aad } from './aad.js'
import { aadBeam } from './aad-beam.js'
import { beam } from './beam.js'
import { type BeamStrategy, bindBeamStrategy } from './beam-strategy.js'
import { bestOfN } from './best-of-n.js'
import type { BoundStrategy } from './bound-strategy.js'
import { bindChoiceStrategy, type ChoiceStrategy } from './choice-strategy.js'
import { contrastive } from './contrastive.js'
import { eft } from './eft.js'
import { formula } from './formula.js'
import { greedyDpo, greedySft } from './greedy.js'
import { randomOfN } from './random-of-n.js'
import { sample } from './sample.js'
import { bindTokenStrategy, type TokenStrategy } from './token-strategy.js'

/** A strategy of any kind. */
export type Strategy = TokenStrategy | BeamStrategy | ChoiceStrategy

/**
 * All strategies, the default first. To add one, write its file and its test, and add a line here.
 * Strategies are pure functions with parameters: this folder holds no state and does no I/O.
 */
export const strategies: readonly Strategy[] = [
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
] as readonly Strategy[]

/** The names of all strategies, the default first. */
export const strategyNames: readonly string[] = strategies.map(({ name }) => name)
/** The strategy of requests that name none. */
export const defaultStrategyName = aad.name

/** Returns the strategy of this name, if it exists. */
export function findStrategy(name: string): Strategy | undefined {
  return strategies.find((strategy) => strategy.name === name)
}

/**
 * The default values of a strategy's parameters, by name. The seed is not among them: each request
 * without one gets another.
 */
export const defaultsOf = ({ parameters }: Strategy): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries<z.ZodType>(parameters.shape)
      .filter(([name]) => name !== 'seed')
      .map(([name, field]) => [name, field.safeParse(undefined).data] as const)
      .filter(([, value]) => value !== undefined),
  )

/** Binds a strategy to its parameters. @param parameters output of the strategy's own schema */
export function bindStrategy(strategy: Strategy, parameters: z.output<typeof strategy.parameters>): BoundStrategy {
  if ('pick' in strategy) return bindTokenStrategy(strategy, parameters)
  return 'score' in strategy ? bindBeamStrategy(strategy, parameters) : bindChoiceStrategy(strategy, parameters)
}

export { type BoundStrategy, bindTokenStrategy, type TokenStrategy }
