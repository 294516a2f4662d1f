import { titleOf } from '@tandem/process'
import type { ServiceCredentials } from '../grpc/credentials.js'
import { LogitServiceConnection } from '../grpc/logit-service.js'
import { RewardServiceConnection } from '../grpc/reward-service.js'
import type { Place } from '../replicas/addresses.js'
import { type ReplicaOptions, ReplicaSet } from '../replicas/replica-set.js'
import type { ReplicaLog } from '../replicas/state-log.js'
import type { LogitReplicas } from './connect-models.js'

/** Addresses and times of all replicas. Fields ending in `Ms` are milliseconds. */
export interface ReplicaConfig {
  /** host:port of the logit services by model name, the pair first. */
  readonly services: ReadonlyMap<string, readonly string[]>
  /** The same of reward services. */
  readonly rewards: ReadonlyMap<string, readonly string[]>
  readonly resolveMs: number
  readonly hangMs: number
  readonly replayTimeoutMs: number
}

/** The replicas of a reward model, with its name. */
export type RewardEntry = readonly [name: string, replicas: ReplicaSet<RewardServiceConnection>]

/** The replicas of all models by name. */
export interface AllReplicas {
  readonly logit: LogitReplicas
  readonly reward: ReadonlyMap<string, ReplicaSet<RewardServiceConnection>>
}

/** Begins to connect to all replicas. The caller closes them. */
export function openReplicas(
  config: ReplicaConfig,
  credentials: Pick<ServiceCredentials, 'of'>,
  log?: ReplicaLog,
): AllReplicas {
  const { resolveMs, hangMs, replayTimeoutMs: waitMs } = config
  const open = <C extends LogitServiceConnection | RewardServiceConnection>(
    options: Pick<ReplicaOptions<C>, 'title' | 'addresses' | 'connect'>,
  ) => new ReplicaSet<C>({ ...options, resolveMs, hangMs, waitMs, ...(log ? { log } : {}) })
  const openLogit = ([name, addresses]: readonly [string, readonly string[]]) => {
    const connect = ({ address, host }: Place) =>
      new LogitServiceConnection(name, address, credentials.of(address, host))
    return [name, open({ title: titleOf(name), addresses, connect })] as const
  }
  const openReward = ([name, addresses]: readonly [string, readonly string[]]) => {
    const connect = ({ address, host }: Place) =>
      new RewardServiceConnection(name, address, credentials.of(address, host))
    return [name, open({ title: name, addresses, connect })] as const
  }
  return {
    logit: new Map([...config.services].map(openLogit)),
    reward: new Map([...config.rewards].map(openReward)),
  }
}
