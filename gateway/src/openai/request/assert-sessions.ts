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
  const names = [...neededModels(request)]
  for (const name of names) {
    const { maxSessions, device } = modelOf(models, name).info
    // Models that run in one engine share its sessions.
    const isShared = (other: string) => {
      const { device: own } = modelOf(models, other).info
      return other === name || (device?.engineId && own?.engineId === device.engineId)
    }
    const limit = Math.floor(maxSessions / names.filter(isShared).length)
    if (maxSessions === 0 || count <= limit) continue
    throw invalidRequest(
      `${param} is ${count}: the service of the ${titleOf(name)} model can hold at most ${limit} sequences of one request (TANDEM_MAX_SESSIONS)`,
      param,
    )
  }
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
