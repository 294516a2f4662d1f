import type { Manifest } from '@tandem/models/folder'
import type { RunningServer } from '@tandem/process'
import { type GetModelResponse, LogitService, packageDefinition } from '@tandem/proto'
import { noTelemetry, type Telemetry } from '@tandem/telemetry'
import type { Logger } from 'pino'
import { describeDevice, warnOfDevice } from '../device.js'
import type { ModelVariant } from '../engine/engine.js'
import { type EngineThread, startEngineThread } from '../engine/thread/engine-thread.js'
import { type GrpcServer, startGrpcServer } from '../grpc-server.js'
import { type Listener, resolveListeners } from '../listeners.js'
import { toLoadResponse } from '../load-response.js'
import { loadVerified } from '../load-verified.js'
import { stepShapes, withFieldLimit } from '../message-fields.js'
import { openModelFolder } from '../model-folder.js'
import { toBaseModel, toModelResponse } from '../model-response.js'
import { observeEngine } from '../telemetry/engine-metrics.js'
import { readTextFiles } from '../text-files.js'
import type { LogitConfig } from './config.js'
import { createLogitHandlers } from './handlers.js'
import type { StepModels } from './parse-work.js'

/**
 * Loads the model and serves it. If the configuration names a second address, it also serves the
 * base model there, from the same graph, so that the steps of a pair run together.
 * @param onEngineDeath called if the engine ends without being stopped: the process cannot serve
 * any more
 * @param telemetry records metrics of the engine and of all messages, and spans of messages whose
 * trace is sampled
 */
export async function startLogitService(
  config: LogitConfig,
  log: Logger,
  onEngineDeath: (reason: string) => void,
  telemetry: Telemetry = noTelemetry,
): Promise<RunningServer> {
  const listeners = await resolveListeners(addressesOf(config), config.security, log)
  const manifest = await openModelFolder(config.model, 'vocabulary')
  if (config.base !== null) assertSwitched(config.model, manifest)
  const startEngine = () => startEngineThread(workerSettings(config), onEngineDeath)
  const engine = await loadVerified(config.model, manifest, startEngine)
  warnOfDevice(engine.description, config, log)
  const byRole = variantsByRole(config)
  const roles = config.base === null ? [config.role] : [...byRole.keys()]
  const endMetrics = observeEngine(telemetry.meter, engine.stats, { modelName: manifest.modelId, roles })
  const servers: GrpcServer[] = []
  const stop = async () => {
    log.info('draining')
    await Promise.all(servers.map((server) => server.drain(config)))
    await engine.stop()
    listeners.close()
    endMetrics()
  }
  try {
    const device = await describeDevice(engine.description.device, config.threads)
    const { name } = engine.description
    const { maxSessions } = config
    const model = {
      ...toModelResponse(manifest, config.role, name, device),
      maxSessions,
      engineRoles: [...byRole.keys()],
      release: config.release,
    }
    const open = async (served: ServedModel) => {
      const server = await serve({ config, manifest, engine, log, telemetry }, served)
      servers.push(server)
      return server
    }
    const adapted = { listener: listeners.of('TANDEM_LISTEN'), models: { own: 'adapted', byRole }, model } as const
    const { address } = await open(adapted)
    if (config.base !== null) {
      const baseModel = toBaseModel(model, config.base.role)
      const listener = listeners.of('TANDEM_BASE_LISTEN')
      await open({ listener, models: { own: 'base', byRole }, model: baseModel })
    }
    const addresses = servers.map((server) => server.address)
    log.info({ addresses, model: manifest.modelId, engine: name }, 'serving')
    return { address, ...(addresses[1] ? { baseAddress: addresses[1] } : {}), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface ServedModel {
  readonly listener: Listener
  readonly models: StepModels
  readonly model: GetModelResponse
}

/** The addresses to listen on, by their variables: the adapted model first. */
const addressesOf = ({ listen, base }: LogitConfig) => ({
  TANDEM_LISTEN: listen,
  ...(base === null ? {} : { TANDEM_BASE_LISTEN: base.listen }),
})

/** The models of a pair by their roles; empty if the service serves a single model. */
const variantsByRole = ({ role, base }: LogitConfig): ReadonlyMap<string, ModelVariant> =>
  new Map(
    base === null
      ? []
      : [
          [role, 'adapted'],
          [base.role, 'base'],
        ],
  )

/** What the servers of a process have in common. */
interface SharedParts {
  readonly config: LogitConfig
  readonly manifest: Manifest
  readonly engine: EngineThread
  readonly log: Logger
  readonly telemetry: Telemetry
}

function serve(
  { config, manifest, engine, log, telemetry }: SharedParts,
  { listener, models, model }: ServedModel,
): Promise<GrpcServer> {
  const handlers = createLogitHandlers({
    model,
    modelName: manifest.modelId,
    models,
    description: engine.description,
    backend: engine.host,
    textFiles: () => readTextFiles(config.model, manifest),
    load: () => toLoadResponse(engine.stats, config.maxQueue),
    requestTimeoutMs: config.requestTimeoutMs,
    log,
    telemetry,
  })
  return startGrpcServer({
    ...listener,
    serviceNames: ['tandem.v1.LogitService'],
    addServices: (server) => server.addService(withFieldLimit(LogitService.service, stepShapes), handlers),
    workMethods: new Set(['Step', 'StepStream']),
    reflection: config.reflection ? packageDefinition : null,
  })
}

function assertSwitched(folder: string, { adapter }: Manifest): void {
  if (!adapter?.switched)
    throw new Error(
      `TANDEM_BASE_LISTEN asks for both models of a pair, but ${folder} holds one model: build it with an adapter, ` +
        '"tandem build SOURCE --adapter DIR --switched", or unset the variable',
    )
}

/** Longer than the pause between two steps of an answer, and short for the requests that wait. */
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
