import type { Context } from 'hono'
import { prepareScore } from '../openai/request/score-request.js'
import type { ScoreList } from '../openai/schemas/score-list.js'
import type { OnFailover } from '../session/failover/failover.js'
import { countFailover } from '../telemetry/request-failovers.js'
import type { AppDependencies, AppEnvironment } from './dependencies.js'
import { readJsonBody } from './read-body.js'
import { RequestLifetime } from './request-lifetime.js'
import { startRequest } from './start-request.js'

/** Creates the handler of POST /v1/score, which scores whole conversations with a reward model. */
export function createScoreHandler(dependencies: AppDependencies) {
  const { rewards, limits, telemetry } = dependencies
  const onFailover: OnFailover = (failover) => countFailover(telemetry.metrics, failover)
  return async (context: Context<AppEnvironment>): Promise<Response> => {
    const keyRequest = startRequest(context)
    try {
      const lifetime = new RequestLifetime(context.req.raw, dependencies, keyRequest)
      const { signal } = lifetime
      const body = await readJsonBody(context.req.raw, limits)
      const { reward, sequences } = await prepareScore(body, rewards, limits.maxPromptTokens, signal)
      const tokens = sequences.reduce((sum, ids) => sum + ids.length, 0)
      keyRequest.takePrompt(tokens, tokens)
      const score = () => reward.scorer.score(sequences, limits.requestTimeoutMs, signal, { onFailover })
      return context.json(toList(reward.name, await lifetime.run(score), tokens))
    } finally {
      keyRequest.end()
    }
  }
}

const toList = (model: string, scores: readonly number[], tokens: number): ScoreList => ({
  object: 'list',
  model,
  data: scores.map((score, index) => ({ object: 'score', index, score })),
  usage: { prompt_tokens: tokens, total_tokens: tokens },
})
