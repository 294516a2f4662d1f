import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { assertSameSettings } from '../../batch/manifest/manifest.js'
import type { Fields } from '../../prompts/index.js'
import { evaluationPaths } from '../evaluation-paths.js'
import { readEarlierSettings } from '../extend/open-extended.js'
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

/** What the settings of judgements say of the judge and of what it compared. */
const begunSchema = z.object({
  judge: z.looseObject({ parameters: z.record(z.string(), z.unknown()) }),
  pairs: z.array(z.tuple([z.string(), z.string()])),
})

/**
 * Tries the judge before the answers are made, if there is something to ask it.
 * @returns null if none is asked for
 * @throws errors of `findParameters`; Error if the file of judgements was begun with another judge
 */
export async function openJudge(options: OpenOptions, plan: ComparedStrategies): Promise<OpenedJudge | null> {
  const { judge, out } = options
  if (judge === null) return null
  const pairs = judgedPairs(plan, judge.pairs)
  const path = evaluationPaths(out).judgements(judge.name)
  const begun = begunSchema.safeParse(await readEarlierSettings(path)).data
  const known = begun?.judge.parameters
  if (begun) assertSame(path, begun.judge, judgeFacts({ judge, parameters: begun.judge.parameters }))
  const hasAll = begun && pairs.every((pair) => begun.pairs.some((other) => isDeepStrictEqual(other, labelsOf(pair))))
  return { judge, parameters: known && hasAll ? known : await findParameters(judge, known, options), pairs }
}

const assertSame = (path: string, before: Fields, now: Fields): void =>
  assertSameSettings(path, { judge: before }, { judge: now })

/** The labels of a pair, as manifests have them. */
export const labelsOf = (pair: StrategyPair): string[] => pair.map(({ label }) => label)

/** What a manifest and a report say of a judge. */
export const judgeFacts = ({ judge, parameters }: Pick<OpenedJudge, 'judge' | 'parameters'>) => ({
  url: judge.server.url,
  model: judge.model,
  prompt: createHash('sha256').update(judge.template).digest('hex'),
  parameters,
})
