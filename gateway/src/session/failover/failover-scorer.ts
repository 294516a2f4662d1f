import type { RewardServiceConnection } from '../grpc/reward-service.js'
import type { Lease, Replicas } from '../replicas/lease.js'
import { recoveryOf, reportFault } from './recovery.js'
import { ReplayBudget } from './replay-budget.js'

/** Scores token sequences with a reward model. */
export interface Scorer {
  /**
   * Returns one score for each sequence of token ids, in their order.
   * @param timeoutMs maximum time, in milliseconds
   * @param traceparent W3C trace context for the service; empty without one
   * @throws SessionError if no service can score them in time, or if the signal aborts
   */
  score(
    sequences: readonly (readonly number[])[],
    timeoutMs: number,
    signal: AbortSignal,
    traceparent?: string,
  ): Promise<readonly number[]>
}

const anyReplica = { release: null, engineIds: new Set<string>(), prompt: null } as const

/** Scores on one replica. If it fails, another one scores all sequences again. */
export class FailoverScorer implements Scorer {
  constructor(
    private readonly replicas: Replicas<RewardServiceConnection>,
    private readonly maxReplays: number,
  ) {}

  async score(
    sequences: readonly (readonly number[])[],
    timeoutMs: number,
    signal: AbortSignal,
    traceparent = '',
  ): Promise<readonly number[]> {
    const endMs = performance.now() + timeoutMs
    const budget = new ReplayBudget(this.maxReplays)
    let lease = await this.lease(null, new Set(), signal)
    for (;;) {
      try {
        return await scoreAt(lease, sequences, endMs, signal, traceparent)
      } catch (error) {
        const recovery = recoveryOf(error)
        if (recovery === 'nowhere' || signal.aborted || !budget.spend()) throw error
        const next = await this.lease(lease.model.version, new Set([lease.address]), signal)
        const isSame = next.address === lease.address
        lease = next
        if (!isSame || recovery === 'anywhere') continue
        lease.release()
        throw error
      }
    }
  }

  private lease(
    version: string | null,
    avoid: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<Lease<RewardServiceConnection>> {
    return this.replicas.acquire({ ...anyReplica, version, avoid }, signal)
  }
}

async function scoreAt(
  lease: Lease<RewardServiceConnection>,
  sequences: readonly (readonly number[])[],
  endMs: number,
  signal: AbortSignal,
  traceparent: string,
): Promise<readonly number[]> {
  // A limit of 0 would mean no limit.
  const leftMs = Math.max(1, Math.ceil(endMs - performance.now()))
  const either = AbortSignal.any([signal, lease.lost])
  try {
    const scores = await lease.connection.score(sequences, leftMs, either, traceparent)
    lease.succeed()
    return scores
  } catch (error) {
    reportFault(lease, error)
    throw error
  } finally {
    lease.release()
  }
}
