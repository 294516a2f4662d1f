import { createHash } from 'node:crypto'
import type { Fields } from '../../prompts/index.js'
import { evaluationPaths } from '../evaluation-paths.js'
import type { JudgeOptions } from './judge-options.js'
import { findParameters, type TrialOptions } from './judge-parameters.js'
import { type ComparedStrategies, judgedPairs, type StrategyPair } from './judged-pairs.js'

/** A judge that answers, with what it is asked. */
export interface OpenedJudge {
  readonly judge: JudgeOptions
  /** The parameters that its endpoint accepts. */
  readonly parameters: Fields
  readonly pairs: readonly StrategyPair[]
}

/** The judge of an evaluation, and its folder. */
export interface OpenOptions extends TrialOptions {
  /** Null if none is asked for. */
  readonly judge: JudgeOptions | null
  readonly out: string
}

/**
 * Tries the judge before the answers are made.
 * @returns null if none is asked for
 * @throws errors of `findParameters`
 */
export async function openJudge(options: OpenOptions, plan: ComparedStrategies): Promise<OpenedJudge | null> {
  const { judge, out } = options
  if (judge === null) return null
  const parameters = await findParameters(judge, evaluationPaths(out).judgements(judge.name), options)
  return { judge, parameters, pairs: judgedPairs(plan, judge.pairs) }
}

/** What a manifest and a report say of a judge. */
export const judgeFacts = ({ judge, parameters }: OpenedJudge) => ({
  url: judge.server.url,
  model: judge.model,
  prompt: createHash('sha256').update(judge.template).digest('hex'),
  parameters,
})
