import { credentials } from '@grpc/grpc-js'
import { titleOf } from '@tandem/process'
import { type GetModelResponse__Output, LogitService, type LogitServiceClient } from '@tandem/proto'
import type { MessageTracer } from '../contract/message-tracer.js'
import type { EngineSenders } from './engine-senders.js'
import { GrpcSessionSet, type Sequences } from './grpc-session-set.js'
import { connectionOptions, ServiceConnection } from './service-connection.js'
import { StepSender } from './step-sender.js'
import { openStepStream } from './step-stream.js'

/** What the service says about its model, as far as sessions need it. */
type ServedModel = Partial<Pick<GetModelResponse__Output, 'role' | 'engineRoles' | 'device'>>

/** Options of the sessions of one request. */
export interface SessionOptions {
  /** Only ids below this limit are used. */
  readonly vocabularyLimit: number
  /** Maximum time for one step. */
  readonly stepTimeoutMs: number
  /** Sessions with the same scope may share cached prompts. Empty disables sharing. */
  readonly prefixScope: string
  /** Ends the sessions at any point. */
  readonly signal: AbortSignal
  /** Ends the steps of this set if its replica stops answering. */
  readonly lost?: AbortSignal | undefined
  /** The model. Undefined: the only one of its engine. */
  readonly served?: ServedModel | undefined
  /** The request's senders. */
  readonly senders: EngineSenders
  /** Is told about each message. Undefined traces nothing. */
  readonly messages?: MessageTracer | undefined
}

/** The connection to a logit service. */
export class LogitServiceConnection extends ServiceConnection {
  private readonly client: LogitServiceClient

  constructor(
    readonly model: string,
    address: string,
    channelCredentials = credentials.createInsecure(),
  ) {
    const client = new LogitService(address, channelCredentials, connectionOptions)
    super('logit', `the ${titleOf(model)} service at ${address}`, address, client)
    this.client = client
  }

  /**
   * Opens a set. The first step of each session opens it in the service.
   * @param sequences what the sessions hold from the start. Default: one empty session
   */
  openSessions(options: SessionOptions, sequences?: Sequences): GrpcSessionSet {
    const { role, engineId } = placeInEngine(options.served)
    const create = () => new StepSender(openStepStream(this.client, this.name, options.signal), options)
    const sender = engineId === null ? create() : options.senders.senderOf(engineId, create)
    return new GrpcSessionSet({ ...options, model: this.model, service: this.name, role }, sender, sequences)
  }
}

/**
 * Returns the model's role in its engine, and the engine's id; null if the engine runs only one
 * model.
 */
function placeInEngine({ role = '', engineRoles = [], device }: ServedModel = {}) {
  return engineRoles.length > 1 && device ? { role, engineId: device.engineId } : { role: '', engineId: null }
}
