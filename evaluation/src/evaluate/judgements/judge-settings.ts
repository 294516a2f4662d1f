import type { Fields } from '../../prompts/index.js'
import { scoreSettings } from '../evaluation-settings.js'
import { judgeFacts, labelsOf, type OpenedJudge } from '../judge/opened-judge.js'
import type { EvaluationOptions } from '../options.js'
import type { CompletedPart } from '../prepared-part.js'

/** Everything that the judgements depend on. The key of the judge is not among it. */
export function judgeSettings(
  { picker }: EvaluationOptions,
  parts: readonly CompletedPart[],
  opened: OpenedJudge,
): Fields {
  const { pairs } = opened
  const isPicked = pairs.some((pair) => pair.some(({ pick }) => pick === 'best'))
  const labels = new Set(pairs.flat().map(({ label }) => label))
  const judged = parts.filter(({ part }) => part.strategies.some(({ label }) => labels.has(label)))
  return {
    answers: judged
      .sort((a, b) => (a.part.adapterScale ?? 0) - (b.part.adapterScale ?? 0))
      .map(({ asked, facts }) => (isPicked && picker !== null ? scoreSettings(asked, picker, facts) : asked)),
    judge: judgeFacts(opened),
    pairs: pairs.map(labelsOf),
  }
}
