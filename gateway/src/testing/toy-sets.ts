import { credentials } from '@grpc/grpc-js'
import type { RewardServiceConnection } from '../session/grpc/reward-service.js'
import { openReplicas } from '../session/models/open-replicas.js'
import { openReward, type RewardModel } from '../session/models/reward-model.js'
import type { ReplicaSet } from '../session/replicas/replica-set.js'

/**
 * Times of tests over toys: so long that they pass only if something hangs. `resolveMs` is no limit
 * but the interval between look-ups of addresses.
 */
export const toyTimes = { resolveMs: 60_000, hangMs: 60_000, replayTimeoutMs: 120_000, startLimitMs: 120_000 }

/** Connects to the replicas of toy services: addresses by name. */
export const openToyReplicas = (
  services: ReadonlyMap<string, readonly string[]>,
  rewards: ReadonlyMap<string, readonly string[]> = new Map(),
  replayTimeoutMs = toyTimes.replayTimeoutMs,
) => openReplicas({ services, rewards, ...toyTimes, replayTimeoutMs }, { of: () => credentials.createInsecure() })

/** The replicas of a toy reward service. */
export function toyRewardReplicas(
  name: string,
  address: string,
  replayTimeoutMs?: number,
): ReplicaSet<RewardServiceConnection> {
  const replicas = openToyReplicas(new Map(), new Map([[name, [address]]]), replayTimeoutMs).reward.get(name)
  if (!replicas) throw new TypeError('expected the replicas that were opened')
  return replicas
}

/** Opens the reward model of a toy. Close its replicas. */
export const openToyReward = (name: string, address: string, replayTimeoutMs?: number): Promise<RewardModel> =>
  openReward(name, {
    replicas: toyRewardReplicas(name, address, replayTimeoutMs),
    maxReplays: 4,
    signal: AbortSignal.timeout(toyTimes.startLimitMs),
  })
