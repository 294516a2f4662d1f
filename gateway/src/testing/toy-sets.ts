import { credentials } from '@grpc/grpc-js'
import type { RewardServiceConnection } from '../session/grpc/reward-service.js'
import { openReplicas } from '../session/models/open-replicas.js'
import { openReward, type RewardModel } from '../session/models/reward-model.js'
import type { ReplicaSet } from '../session/replicas/replica-set.js'

/** Times of replica sets in tests. */
const times = { resolveMs: 60_000, hangMs: 5_000, replayTimeoutMs: 3_000 }
/** Time to wait for a toy. */
const startLimitMs = 10_000

/** Connects to the replicas of toy services: addresses by name. */
export const openToyReplicas = (
  services: ReadonlyMap<string, readonly string[]>,
  rewards: ReadonlyMap<string, readonly string[]> = new Map(),
  replayTimeoutMs = times.replayTimeoutMs,
) => openReplicas({ services, rewards, ...times, replayTimeoutMs }, { of: () => credentials.createInsecure() })

/** The replicas of a toy reward service. */
export function toyRewardReplicas(name: string, address: string): ReplicaSet<RewardServiceConnection> {
  const replicas = openToyReplicas(new Map(), new Map([[name, [address]]])).reward.get(name)
  if (!replicas) throw new TypeError('expected the replicas that were opened')
  return replicas
}

/** Opens the reward model of a toy. Close its replicas. */
export const openToyReward = (name: string, address: string): Promise<RewardModel> =>
  openReward(name, {
    replicas: toyRewardReplicas(name, address),
    maxReplays: 4,
    signal: AbortSignal.timeout(startLimitMs),
  })
