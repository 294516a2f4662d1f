/** Many requests at once over the REST API of a gateway, written in order, resumable. */

export { concurrencyOf, type GatewayFacts, gatewaySettings, readGatewayFacts } from './gateway-facts.js'
export { ask, type Outcome, type Patience, type Question, ServiceError } from './http/ask.js'
export { Connection, type Server } from './http/connection.js'
export {
  type Manifest,
  manifestPath,
  openManifest,
  readManifest,
  recordRun,
  setAside,
  startRun,
} from './manifest/manifest.js'
export { nameOf } from './manifest/name-of.js'
export { replaceFile } from './manifest/replace-file.js'
export { readUsage, type Usage } from './read-usage.js'
export { rowSeed } from './row-seed.js'
export { type Choice, readChoice } from './rows/read-choice.js'
export { assertBatch, type BatchOptions, batchPath, runBatch } from './run-batch.js'
export { type Counts, type Job, type JobRun, type Pace, runJobs } from './run-jobs.js'
export { runRecorded } from './run-recorded.js'
export { formatShard, parseShard, type Shard, shardPath, shardRange } from './shard.js'
