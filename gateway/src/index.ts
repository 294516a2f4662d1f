import { fileURLToPath } from 'node:url'

/**
 * The path of the built program, `node gateway/dist/main.js`, which environment variables
 * configure.
 */
export const gatewayMainPath = fileURLToPath(new URL('../dist/main.js', import.meta.url))

export { type GatewayConfig, gatewayEnvironmentSchema, parseGatewayConfig } from './config.js'
export { defaultStrategyName, strategies, strategyNames } from './decode/strategies/index.js'
export { createApp } from './routes/app.js'
export type { SessionSet } from './session/contract/session.js'
export { EngineSenders } from './session/grpc/engine-senders.js'
export { LogitServiceConnection } from './session/grpc/logit-service.js'
export { type RunningGateway, startGateway } from './start.js'
