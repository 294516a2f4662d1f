import type { Context } from 'hono'
import { defaultStrategyName, defaultsOf, strategies } from '../decode/strategies/index.js'
import { modelNames, nameOfStrategy } from '../openai/request/decoding.js'
import { requestLimits } from '../openai/request/request-limits.js'
import type { Info, ServedModelInfo, Version } from '../openai/schemas/info.js'
import type { ServedModel } from '../session/models/pair.js'
import type { RewardModel } from '../session/models/reward-model.js'
import { countStates } from '../session/replicas/count-states.js'
import { version } from '../version.js'
import type { AppDependencies } from './dependencies.js'

/**
 * Creates the handlers of GET /info and GET /version. /info does not reveal the addresses of
 * services.
 */
export function createInfoHandlers({ pair, pairName, rewards, admission, limits }: AppDependencies) {
  const info = (): Info => ({
    version,
    pair: pairName,
    model_ids: modelNames(pairName, rewards.size > 0),
    models: [...pair.models].map(([name, served]) => describe(name, served)),
    reward_models: [...rewards.values()].map((reward) => describe(reward.name, reward)),
    default_strategy: defaultStrategyName,
    strategies: strategies.map((strategy) => ({
      name: strategy.name,
      model_id: nameOfStrategy(pairName, strategy.name, rewards.size > 0),
      parameters: Object.keys(strategy.parameters.shape),
      defaults: defaultsOf(strategy),
    })),
    limits: {
      context_tokens: pair.contextLength,
      vocabulary_size: pair.vocabularyLimit,
      prompt_tokens: limits.maxPromptTokens,
      body_bytes: limits.maxBodyBytes,
      request_timeout_ms: limits.requestTimeoutMs,
      receive_timeout_ms: limits.receiveTimeoutMs,
      concurrent_requests: admission.bounds.maxConcurrent,
      waiting_requests: admission.bounds.maxWaiting,
      prompts: requestLimits.prompts,
      messages: requestLimits.messages,
      generated_tokens: requestLimits.generatedTokens,
      n: requestLimits.answers,
      stop: requestLimits.stops,
      stop_characters: requestLimits.stopLength,
      stop_token_ids: requestLimits.stopTokenIds,
      logit_bias: requestLimits.logitBiases,
      top_logprobs: requestLimits.chatTopLogprobs,
      completion_logprobs: requestLimits.completionLogprobs,
      prompt_logprobs: requestLimits.promptLogprobs,
      cache_salt_characters: requestLimits.cacheSaltLength,
    },
  })
  return {
    info: (context: Context) => context.json(info()),
    version: (context: Context) => context.json({ version } satisfies Version),
  }
}

function describe(
  name: string,
  { info, replicas }: Pick<ServedModel | RewardModel, 'info' | 'replicas'>,
): ServedModelInfo {
  const { role, modelId, version, precision, adapter, adapterScale, contextLength } = info
  const { vocabularySize, maxSessions, engine } = info
  return {
    name,
    role,
    id: modelId,
    version,
    precision,
    adapter: adapter === '' ? null : adapter,
    adapter_scale: adapterScale === 0 ? null : adapterScale,
    context_tokens: contextLength,
    vocabulary_size: vocabularySize,
    max_sessions: maxSessions === 0 ? null : maxSessions,
    engine,
    replicas: countStates(replicas.describe()),
  }
}
