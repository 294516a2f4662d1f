import type { ObservableResult } from '@opentelemetry/api'
import { countStates } from '../session/replicas/count-states.js'
import type { ReplicaDescription } from '../session/replicas/replica-description.js'
import type { GatewayMetrics } from './gateway-metrics.js'

/** The replicas of one model. */
interface DescribedReplicas {
  describe(): readonly ReplicaDescription[]
}

/** The replicas of all models by name. A logit and a reward model may have one name. */
export interface ObservedReplicas {
  readonly logit: ReadonlyMap<string, DescribedReplicas>
  readonly reward: ReadonlyMap<string, DescribedReplicas>
}

/**
 * Reports the number of replicas of each model in each state.
 * @returns a function that ends the observation
 */
export function observeReplicas({ replicas, model }: GatewayMetrics, { logit, reward }: ObservedReplicas): () => void {
  const services = Object.entries({ logit, reward })
  const observe = (result: ObservableResult) => {
    for (const [service, models] of services)
      for (const [name, set] of models)
        for (const [state, count] of Object.entries(countStates(set.describe())))
          result.observe(count, { ...model, service, model: name, state })
  }
  replicas.addCallback(observe)
  return () => replicas.removeCallback(observe)
}
