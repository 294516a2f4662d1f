import type { Manifest } from '@tandem/models'
import { type GetModelResponse, LogitService, packageDefinition } from '@tandem/proto'
import type { Logger } from 'pino'
import { describeDevice, warnOfDevice } from '../device.js'
import type { ModelVariant } from '../engine/engine.js'
import { type EngineThread, startEngineThread } from '../engine/engine-thread.js'
import { type GrpcServer, startGrpcServer } from '../grpc-server.js'
import { openModelFolder } from '../model-folder.js'
import { toBaseModel, toModelResponse } from '../model-response.js'
import type { RunningService } from '../service-process.js'
import { readTextFiles } from '../text-files.js'
import type { LogitConfig } from './config.js'
import { createLogitHandlers } from './handlers.js'

/**
 * Loads the model and serves it; where the configuration names a second address, the base model under its adapter is served there
 * from the same graph, so that a pair's steps run together.
 * @param onEngineDeath called where the engine ends unasked: the process is of no use then
 */
export async function startLogitService(
  config: LogitConfig,
  log: Logger,
  onEngineDeath: (reason: string) => void,
): Promise<RunningService> {
  const manifest = await openModelFolder(config.model, 'vocabulary')
  if (config.base !== null) assertSwitched(config.model, manifest)
  const engine = await startEngineThread(workerSettings(config), onEngineDeath)
  warnOfDevice(engine.description, config, log)
  const servers: GrpcServer[] = []
  const stop = async () => {
    log.info('draining')
    await Promise.all(servers.map((server) => server.drain(config.drainMs)))
    await engine.stop()
  }
  try {
    const device = await describeDevice(engine.description.device, config.threads)
    const { name } = engine.description
    const { maxSessions } = config
    const model = { ...toModelResponse(manifest, config.role, name, device), maxSessions }
    const whole = await serve(config, manifest, engine, log, { listen: config.listen, variant: 'whole', model })
    servers.push(whole)
    if (config.base !== null) {
      const { listen, role } = config.base
      servers.push(
        await serve(config, manifest, engine, log, { listen, variant: 'base', model: toBaseModel(model, role) }),
      )
    }
    const base = servers[1]
    log.info({ addresses: servers.map(({ address }) => address), model: manifest.modelId, engine: name }, 'serving')
    return { address: whole.address, ...(base ? { baseAddress: base.address } : {}), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Served {
  listen: string
  variant: ModelVariant
  model: GetModelResponse
}

function serve(
  config: LogitConfig,
  manifest: Manifest,
  engine: EngineThread,
  log: Logger,
  { listen, variant, model }: Served,
): Promise<GrpcServer> {
  const handlers = createLogitHandlers({
    model,
    variant,
    description: engine.description,
    backend: engine.host,
    textFiles: () => readTextFiles(config.model, manifest),
    requestTimeoutMs: config.requestTimeoutMs,
    log,
  })
  return startGrpcServer({
    listen,
    serviceNames: ['tandem.v1.LogitService'],
    addServices: (server) => server.addService(LogitService.service, handlers),
    reflection: config.reflection ? packageDefinition : null,
  })
}

function assertSwitched(folder: string, { adapter }: Manifest): void {
  if (!adapter?.switched)
    throw new Error(
      `TANDEM_BASE_LISTEN asks for both models of a pair, and ${folder} holds one: build it with an adapter, ` +
        '"tandem build SOURCE --adapter DIR --switched", or unset the variable',
    )
}

/** Longer than an answer takes between two of its steps, short for those who wait. */
const sessionGraceMs = 1_000

const workerSettings = (config: LogitConfig) => ({
  onnx: { folder: config.model, threads: config.threads, devices: config.devices },
  engine: {
    maxSessions: config.maxSessions,
    maxBytes: config.kvBytes,
    ttlMs: config.sessionTtlMs,
    graceMs: sessionGraceMs,
    maxQueue: config.maxQueue,
    maxBatch: config.maxBatch,
    // Decode steps wait for a prompt's chunk, and a chunk fills the machine.
    maxPrompts: 1,
    prefillChunk: config.prefillChunk,
    strict: config.strict,
  },
})
