import pino from 'pino'
import { KeyStore } from '../access/key-store.js'
import { ActiveAnswers } from '../decode/answers/active-answers.js'
import { Admission } from '../routes/admission.js'
import { createApp } from '../routes/app.js'
import type { AppDependencies } from '../routes/dependencies.js'
import { connectModels, type LogitReplicas } from '../session/models/connect-models.js'
import type { Pair } from '../session/models/pair.js'
import { createGatewayTelemetry } from '../telemetry/gateway-telemetry.js'
import { checkAnswers } from './checked-app.js'
import { openToyReplicas, toyTimes } from './toy-sets.js'

/** Changes of the app's dependencies. */
export type ToyChanges = Partial<AppDependencies> & {
  /** API keys without names and limits. */
  readonly apiKeys?: readonly string[]
}

/** How the gateway uses toy services. */
export interface ToyOptions {
  /** Name of the model whose chat template is used. */
  readonly templateFrom?: string
  /**
   * Time to wait for a service that is gone. Give a short time only in a test that waits until it
   * is over.
   */
  readonly replayTimeoutMs?: number | undefined
}

/** Apps over toy services that were started before. */
export interface ToyApps {
  readonly pair: Pair
  readonly replicas: LogitReplicas
  app(changes?: ToyChanges): ReturnType<typeof createApp>
  /** Closes the connections to the services. */
  close(): void
}

/**
 * Connects to toy services. Close it.
 * @param addresses of the replicas of each model, the pair first
 */
export async function openToyApps(
  addresses: ReadonlyMap<string, readonly string[]>,
  { templateFrom = 'dpo', replayTimeoutMs }: ToyOptions = {},
): Promise<ToyApps> {
  const { logit: replicas } = openToyReplicas(addresses, new Map(), replayTimeoutMs)
  const close = () => {
    for (const set of replicas.values()) set.close()
  }
  try {
    const pair = await connectModels(replicas, templateFrom, AbortSignal.timeout(toyTimes.startLimitMs))
    const dependencies = toyDependencies(pair)
    const app = ({ apiKeys, ...changes }: ToyChanges = {}) => {
      const keys = apiKeys ? new KeyStore({ keys: apiKeys }) : dependencies.keys
      return checkAnswers(createApp({ ...dependencies, keys, ...changes }))
    }
    return { pair, replicas, app, close }
  } catch (error) {
    close()
    throw error
  }
}

const toyDependencies = (pair: Pair): AppDependencies => ({
  pair,
  pairName: 'toy',
  rewards: new Map(),
  keys: new KeyStore({ keys: [] }),
  corsOrigins: [],
  admission: new Admission({ maxConcurrent: 4, maxWaiting: 4 }),
  activeAnswers: new ActiveAnswers(),
  limits: { maxPromptTokens: 50, maxBodyBytes: 100_000, requestTimeoutMs: 600_000, receiveTimeoutMs: 60_000 },
  pingMs: 15_000,
  maxReplays: 4,
  stage: { current: 'serving' },
  stopping: new AbortController().signal,
  log: pino({ level: 'silent' }),
  telemetry: createGatewayTelemetry('toy'),
})
