import { credentials } from '@grpc/grpc-js'
import { LogitService, type LogitServiceClient } from '@tandem/proto'
import { connectionOptions, ServiceConnection } from './service-connection.js'
import type { EngineSenders } from './engine-senders.js'
import { titleOf } from './model-name.js'
import type { SessionSet } from './session.js'
import { GrpcSessionSet } from './grpc-session-set.js'
import { StepSender } from './step-sender.js'
import { openStepStream } from './step-stream.js'

export interface SessionOptions {
  /** Only ids below it take part. */
  readonly vocabularyLimit: number
  /** The longest that one step may take. */
  readonly stepTimeoutMs: number
  /** Sessions of one scope may reuse each other's prompts; empty: these share nothing. */
  readonly prefixScope: string
  /** Ends the sessions wherever they are. */
  readonly signal: AbortSignal
  /** Of the request. */
  readonly senders: EngineSenders
}

/** One logit service as the gateway sees it. */
export class LogitServiceConnection extends ServiceConnection {
  private readonly client: LogitServiceClient

  constructor(
    readonly model: string,
    address: string,
  ) {
    const client = new LogitService(address, credentials.createInsecure(), connectionOptions)
    super('logit', `the ${titleOf(model)} service at ${address}`, address, client)
    this.client = client
  }

  /** @throws SessionError where the service is gone or serves another model than at the handshake */
  async openSessions(options: SessionOptions): Promise<SessionSet> {
    await this.verify(options.signal)
    const { role, engineId } = this.placeInEngine
    const create = () => new StepSender(openStepStream(this.client, this.name, options.signal), options.stepTimeoutMs)
    const sender = engineId === null ? create() : options.senders.senderOf(engineId, create)
    return new GrpcSessionSet({ ...options, service: this.name, role }, sender)
  }

  /** Which of an engine's models this is; null where it runs no other. */
  private get placeInEngine(): { readonly role: string; readonly engineId: string | null } {
    const { role = '', engineRoles = [], device } = this.pinned ?? {}
    return engineRoles.length > 1 && device ? { role, engineId: device.engineId } : { role: '', engineId: null }
  }
}
