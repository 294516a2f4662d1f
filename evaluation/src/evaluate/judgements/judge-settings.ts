import type { Fields } from '../../prompts/index.js'
import { scoreSettings } from '../evaluation-settings.js'
import { judgeFacts, type OpenedJudge } from '../judge/opened-judge.js'
import type { PreparedEvaluation } from '../prepared-evaluation.js'

/** Everything that the judgements depend on. The key of the judge is not among it. */
export function judgeSettings({ asked, options, facts }: PreparedEvaluation, opened: OpenedJudge): Fields {
  const { pairs } = opened
  const isPicked = pairs.some((pair) => pair.some(({ pick }) => pick === 'best'))
  return {
    ...(isPicked && options.picker !== null ? scoreSettings(asked, options.picker, facts) : asked),
    judge: judgeFacts(opened),
    pairs: pairs.map((pair) => pair.map(({ label }) => label)),
  }
}
