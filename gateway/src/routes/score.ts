import type { Context } from 'hono'
import type { ScoreList } from '../openai/schemas/score-list.js'
import { prepareScore } from '../openai/score-request.js'
import type { AppDependencies, AppEnvironment } from './dependencies.js'
import { readJsonBody } from './read-body.js'
import { requestSignal } from './request-signal.js'

/** POST /v1/score: what a reward model makes of whole conversations. */
export function createScoreHandler(dependencies: AppDependencies) {
  const { rewards, admission, limits } = dependencies
  return async (context: Context<AppEnvironment>): Promise<Response> => {
    const signal = requestSignal(context.req.raw, dependencies)
    const body = await readJsonBody(context.req.raw, limits)
    const { reward, sequences } = await prepareScore(body, rewards, limits, signal)
    const leave = await admission.acquire(signal)
    try {
      const scores = await reward.service.score(sequences, limits.requestTimeoutMs, signal)
      const tokens = sequences.reduce((sum, ids) => sum + ids.length, 0)
      const list: ScoreList = {
        object: 'list',
        model: reward.name,
        data: scores.map((score, index) => ({ object: 'score', index, score })),
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      }
      return context.json(list)
    } finally {
      leave()
    }
  }
}
