import { fileURLToPath } from 'node:url'

/** What a service tells its parent over IPC once it serves. */
export interface ServiceReady {
  type: 'ready'
  /** host:port */
  address: string
}

export { disableTelemetry } from './engine/thread/telemetry.js'
export { type LogitConfig, type LogitEnvironment, logitEnvironmentSchema, parseLogitConfig } from './logit/config.js'
export { parseRewardConfig, type RewardEnvironment } from './reward/config.js'
export { type ServiceConfig, shareOfKvBytes, shareOfThreads } from './service-config.js'

/** The program of a logit service: `node <path>`, configured by a LogitEnvironment. It is there once the package is built. */
export const logitMainPath = fileURLToPath(new URL('../dist/logit/main.js', import.meta.url))

/** The program of a reward service: `node <path>`, configured by a RewardEnvironment. */
export const rewardMainPath = fileURLToPath(new URL('../dist/reward/main.js', import.meta.url))
