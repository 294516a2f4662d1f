import { fileURLToPath } from 'node:url'

export { disableTelemetry } from './engine/thread/telemetry.js'
export { type LogitConfig, type LogitEnvironment, logitEnvironmentSchema, parseLogitConfig } from './logit/config.js'
export { parseRewardConfig, type RewardEnvironment } from './reward/config.js'
export { type ServiceConfig, shareOfKvBytes, shareOfThreads } from './service-config.js'

/**
 * Path of the program of a logit service: `node <path>`, configured by a LogitEnvironment. It
 * exists once the package is built.
 */
export const logitMainPath = fileURLToPath(new URL('../dist/logit/main.js', import.meta.url))

/** Path of the program of a reward service: `node <path>`, configured by a RewardEnvironment. */
export const rewardMainPath = fileURLToPath(new URL('../dist/reward/main.js', import.meta.url))
