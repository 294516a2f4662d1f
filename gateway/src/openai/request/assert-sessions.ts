import { titleOf } from '@tandem/process'
import type { GenerationRequest } from '../../decode/answers/generation-request.js'
import { neededModels } from '../../decode/loop/needed-models.js'
import type { BoundStrategy } from '../../decode/strategies/bound-strategy.js'
import { modelOf, type Pair } from '../../session/models/pair.js'
import { invalidRequest } from '../api-error.js'

/**
 * Asserts that each service can hold the sequences of one prompt at once.
 * @throws ApiError 400 if it never can, so that waiting would not help
 */
export function assertSessions(request: GenerationRequest, models: Pair['models']): void {
  const [count, param] = sequencesOf(request.strategy, request.answerCount)
  for (const [name, limit] of sessionLimits(request, models))
    if (count > limit)
      throw invalidRequest(
        `${param} is ${count}: the service of the ${titleOf(name)} model can hold at most ${limit} sequences of one request (TANDEM_MAX_SESSIONS)`,
        param,
      )
}

/** Sequences of a request that run at the same time if a service does not say what it can hold. */
const assumedSessions = 64

/**
 * Returns how many prompts of a request can run at the same time: each service
 * holds their sequences. At least 1.
 * @param request one of its prompts
 */
export function countPromptsAtOnce(request: GenerationRequest, models: Pair['models']): number {
  const count = countSequences(request)
  const least = Math.min(...sessionLimits(request, models).map(([, limit]) => limit))
  return Math.max(1, Math.floor((Number.isFinite(least) ? least : assumedSessions) / count))
}

/** Sequences of one request that each service can hold; Infinity if it does not say. */
function sessionLimits(request: GenerationRequest, models: Pair['models']): (readonly [string, number])[] {
  const names = [...neededModels(request)]
  return names.map((name) => {
    const { maxSessions, device } = modelOf(models, name).info
    // Models that run in one engine share its sessions.
    const isShared = (other: string) => {
      const { device: own } = modelOf(models, other).info
      return other === name || (device?.engineId && own?.engineId === device.engineId)
    }
    const limit = Math.floor(maxSessions / names.filter(isShared).length)
    return [name, maxSessions === 0 ? Number.POSITIVE_INFINITY : limit] as const
  })
}

/** The number of sequences that are generated for a prompt. */
export const countSequences = ({
  strategy,
  answerCount,
}: Pick<GenerationRequest, 'strategy' | 'answerCount'>): number => sequencesOf(strategy, answerCount)[0]

/** The number of sequences that a prompt needs, and the field that determines it. */
function sequencesOf(method: BoundStrategy, answerCount: number): [number, string] {
  switch (method.kind) {
    case 'token':
      return [answerCount, 'n']
    case 'beam':
      return [method.width, 'decoding.width']
    case 'choice':
      return [method.count, 'decoding.n']
  }
}
