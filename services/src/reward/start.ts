import type { RunningServer } from '@tandem/process'
import { packageDefinition, RewardService } from '@tandem/proto'
import { noTelemetry, type Telemetry } from '@tandem/telemetry'
import type { Logger } from 'pino'
import { describeDevice, warnOfDevice } from '../device.js'
import { startEngineThread } from '../engine/thread/engine-thread.js'
import { startGrpcServer } from '../grpc-server.js'
import { resolveListeners } from '../listeners.js'
import { toLoadResponse } from '../load-response.js'
import { loadVerified } from '../load-verified.js'
import { scoreShapes, withFieldLimit } from '../message-fields.js'
import { openModelFolder } from '../model-folder.js'
import { toModelResponse } from '../model-response.js'
import type { ServiceConfig } from '../service-config.js'
import { observeEngine } from '../telemetry/engine-metrics.js'
import { readTextFiles } from '../text-files.js'
import { rewardRole } from './answer-score.js'
import { createRewardHandlers } from './handlers.js'
import { Scorer } from './scorer.js'

/**
 * Loads a reward model and serves it.
 * @param onEngineDeath called if the engine ends without being stopped: the process cannot serve
 * any more
 * @param telemetry records metrics of the engine and of all requests, and spans of requests whose
 * trace is sampled
 */
export async function startRewardService(
  config: ServiceConfig,
  log: Logger,
  onEngineDeath: (reason: string) => void,
  telemetry: Telemetry = noTelemetry,
): Promise<RunningServer> {
  const listeners = await resolveListeners({ TANDEM_LISTEN: config.listen }, config.security, log)
  const manifest = await openModelFolder(config.model, 'score')
  const startEngine = () => startEngineThread(workerSettings(config), onEngineDeath)
  const engine = await loadVerified(config.model, manifest, startEngine)
  warnOfDevice(engine.description, config, log)
  const { modelId: modelName } = manifest
  const endMetrics = observeEngine(telemetry.meter, engine.stats, { modelName, roles: [rewardRole] })
  try {
    const device = await describeDevice(engine.description.device, config.threads)
    const handlers = createRewardHandlers({
      model: {
        ...toModelResponse(manifest, rewardRole, engine.description.name, device),
        release: config.release,
      },
      modelName,
      scorer: new Scorer(engine.host, manifest, config.maxQueue),
      textFiles: () => readTextFiles(config.model, manifest),
      load: () => toLoadResponse(engine.stats, config.maxQueue),
      requestTimeoutMs: config.requestTimeoutMs,
      log,
      telemetry,
    })
    const server = await startGrpcServer({
      ...listeners.of('TANDEM_LISTEN'),
      serviceNames: ['tandem.v1.RewardService'],
      addServices: (server) => server.addService(withFieldLimit(RewardService.service, scoreShapes), handlers),
      workMethods: new Set(['Score']),
      reflection: config.reflection ? packageDefinition : null,
    })
    const { address } = server
    log.info({ address, model: manifest.modelId, engine: engine.description.name }, 'serving')
    const stop = async () => {
      log.info('draining')
      await server.drain(config)
      await engine.stop()
      listeners.close()
      endMetrics()
    }
    return { address, stop }
  } catch (error) {
    await engine.stop()
    listeners.close()
    endMetrics()
    throw error
  }
}

/**
 * A session lasts as long as the scoring of its sequence: it is never idle, so it is never evicted.
 */
const workerSettings = (config: ServiceConfig) => ({
  onnx: { folder: config.model, threads: config.threads, devices: config.devices },
  engine: {
    maxSessions: config.maxBatch,
    maxBytes: config.kvBytes,
    ttlMs: config.requestTimeoutMs,
    graceMs: 0,
    maxQueue: config.maxQueue,
    maxBatch: config.maxBatch,
    // No client waits for a next token, so sequences share runs from their first chunk on.
    maxPrompts: config.maxBatch,
    prefillChunk: config.prefillChunk,
    strict: false,
  },
})
