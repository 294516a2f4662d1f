import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { loadManifest, type Manifest } from '@tandem/models'
import { LogitService, packageDefinition } from '@tandem/proto'
import type { Logger } from 'pino'
import { type EngineThread, startEngineThread } from '../engine/engine-thread.js'
import { startGrpcServer } from '../grpc-server.js'
import type { RunningService } from '../service-process.js'
import type { LogitConfig } from './config.js'
import { describeDevice } from './device.js'
import { createLogitHandlers } from './handlers.js'
import { toModelResponse } from './model-response.js'
import { readTextFiles } from './text-files.js'

/**
 * Loads the model and serves it.
 * @param onEngineDeath called where the engine ends unasked: the process is of no use then
 */
export async function startLogitService(
  config: LogitConfig,
  log: Logger,
  onEngineDeath: (reason: string) => void,
): Promise<RunningService> {
  const manifest = await loadManifest(config.model)
  await assertFiles(config.model, manifest)
  const engine = await startEngineThread(workerSettings(config), onEngineDeath)
  try {
    const server = await serve(config, manifest, engine, log)
    log.info(
      { address: server.address, model: manifest.modelId, role: config.role, engine: engine.description.name },
      'serving',
    )
    const stop = async () => {
      log.info('draining')
      await server.drain(config.drainMs)
      await engine.stop()
    }
    return { address: server.address, stop }
  } catch (error) {
    await engine.stop()
    throw error
  }
}

async function serve(config: LogitConfig, manifest: Manifest, engine: EngineThread, log: Logger) {
  const handlers = createLogitHandlers({
    model: toModelResponse(manifest, config.role, engine.description.name, await describeDevice(config.threads)),
    description: engine.description,
    backend: engine.host,
    textFiles: () => readTextFiles(config.model, manifest),
    requestTimeoutMs: config.requestTimeoutMs,
    log,
  })
  return startGrpcServer({
    listen: config.listen,
    serviceNames: ['tandem.v1.LogitService'],
    addServices: (server) => server.addService(LogitService.service, handlers),
    reflection: config.reflection ? packageDefinition : null,
  })
}

const workerSettings = (config: LogitConfig) => ({
  onnx: { folder: config.model, threads: config.threads },
  engine: {
    maxSessions: config.maxSessions,
    maxBytes: config.kvBytes,
    ttlMs: config.sessionTtlMs,
    maxQueue: config.maxQueue,
    maxBatch: config.maxBatch,
    prefillChunk: config.prefillChunk,
    strict: config.strict,
  },
})

/** A half-copied folder is found before the engine reads it. Hashes are not computed: that takes as long as loading. */
async function assertFiles(folder: string, manifest: Manifest): Promise<void> {
  for (const [name, { bytes }] of Object.entries(manifest.files)) {
    const found = await stat(join(folder, name)).catch(() => null)
    if (found === null)
      throw new Error(`${join(folder, name)} is missing: its manifest lists it. Build the folder again.`)
    if (found.size !== bytes)
      throw new Error(
        `${join(folder, name)} has ${found.size} bytes, its manifest says ${bytes}. Build the folder again.`,
      )
  }
}
