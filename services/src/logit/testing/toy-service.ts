import { credentials, ServerCredentials } from '@grpc/grpc-js'
import {
  channelOptions,
  emptyPrefixHash,
  extendPrefixHash,
  LogitService,
  type Step,
  type StepRequest,
  type StepResponse__Output,
} from '@tandem/proto'
import { noTelemetry, type Telemetry } from '@tandem/telemetry'
import pino, { type Logger } from 'pino'
import { joinEngine, ToyEngine } from '../../engine/testing/index.js'
import { startGrpcServer } from '../../grpc-server.js'
import { toLoadResponse } from '../../load-response.js'
import { stepShapes, withFieldLimit } from '../../message-fields.js'
import { createLogitHandlers } from '../handlers.js'
import type { StepModels } from '../parse-work.js'

/**
 * Test helpers: the logit service over the toy engine, in this process. `endToys` stops what a test
 * started.
 */

const cleanups: (() => unknown)[] = []
export async function endToys(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
}

export const files = [
  { name: 'tokenizer.json', data: Buffer.from('{"a"') },
  { name: 'tokenizer.json', data: Buffer.from(':1}') },
  { name: 'config.json', data: Buffer.from('{}') },
]

/** The models of a service of a single model. */
const oneModel: StepModels = { own: 'adapted', byRole: new Map() }
const silent = pino({ level: 'silent' })

interface ToyOptions {
  readonly requestTimeoutMs?: number
  readonly models?: StepModels
  readonly telemetry?: Telemetry
  readonly log?: Logger
}

export async function serveToy(
  settings: Parameters<typeof joinEngine>[1] = {},
  { requestTimeoutMs = 60_000, models = oneModel, telemetry = noTelemetry, log = silent }: ToyOptions = {},
) {
  const engine = new ToyEngine()
  const { host, stats, close } = joinEngine(engine, settings)
  const handlers = createLogitHandlers({
    model: { modelId: 'toy', vocabularySize: 32, role: 'sft', engine: engine.description.name },
    modelName: 'toy',
    models,
    description: engine.description,
    backend: host,
    textFiles: async function* () {
      yield* files
    },
    load: () => toLoadResponse(stats, 256),
    requestTimeoutMs,
    log,
    telemetry,
  })
  const server = await startGrpcServer({
    listen: '127.0.0.1:0',
    credentials: ServerCredentials.createInsecure(),
    serviceNames: ['tandem.v1.LogitService'],
    addServices: (grpc) => grpc.addService(withFieldLimit(LogitService.service, stepShapes), handlers),
    workMethods: new Set(['Step', 'StepStream']),
    reflection: null,
  })
  const client = new LogitService(server.address, credentials.createInsecure(), channelOptions)
  cleanups.push(
    close,
    () => server.drain({ handoverMs: 0, drainMs: 0 }),
    () => client.close(),
  )
  return { engine, stats, server, client }
}

export type ToyClient = Awaited<ReturnType<typeof serveToy>>['client']

export const unary = (client: ToyClient, request: StepRequest) =>
  new Promise<StepResponse__Output>((resolve, reject) => {
    client.step(request, (error, response) => (response ? resolve(response) : reject(error)))
  })

export const step = (sessionId: string, prefix: number[], tokenIds: number[], more: Step = {}): Step => ({
  sessionId,
  position: prefix.length,
  prefixHash: extendPrefixHash(emptyPrefixHash, prefix).toString(),
  tokenIds,
  rows: 'ROWS_LAST',
  readouts: [{ full: {} }],
  ...more,
})
