import type { GenerationRequest } from '../decode/answers/generation-request.js'
import { neededModels } from '../decode/loop/needed-models.js'
import type { BoundStrategy } from '../decode/strategies/bound-strategy.js'
import { titleOf } from '../session/model-name.js'
import { modelOf, type Pair } from '../session/pair.js'
import { invalidRequest } from './api-error.js'

/** @throws ApiError 400 where an answer needs more sequences at once than a service ever holds: to wait for them would be in vain */
export function assertSessions(request: GenerationRequest, models: Pair['models']): void {
  const [count, param] = sequencesOf(request.strategy, request.answerCount)
  const names = [...neededModels(request)]
  for (const name of names) {
    const { maxSessions, device } = modelOf(models, name).info
    // Models of one graph share its sessions.
    const isShared = (other: string) => {
      const { device: own } = modelOf(models, other).info
      return other === name || (device?.engineId && own?.engineId === device.engineId)
    }
    const most = Math.floor(maxSessions / names.filter(isShared).length)
    if (maxSessions === 0 || count <= most) continue
    throw invalidRequest(
      `${param} is ${count}: the service of the ${titleOf(name)} model holds at most ${most} sequences of a request at once (TANDEM_MAX_SESSIONS)`,
      param,
    )
  }
}

/** How many sequences a prompt needs, and the field that says so. */
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
