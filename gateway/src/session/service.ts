import { credentials } from '@grpc/grpc-js'
import { LogitService, type LogitServiceClient } from '@tandem/proto'
import { connectionOptions, ServiceConnection } from './connection.js'
import { titleOf } from './model-name.js'
import type { SessionSet } from './session.js'
import { createSessions } from './session-set.js'

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

  /**
   * @param prefixScope sessions of one scope may reuse each other's prompts; empty: this one shares nothing
   * @throws SessionError where the service is gone or serves another model than at the handshake
   */
  async openSessions(
    vocabularyLimit: number,
    stepTimeoutMs: number,
    signal: AbortSignal,
    prefixScope = '',
  ): Promise<SessionSet> {
    await this.verify(signal)
    const { client, name: service } = this
    return createSessions({ client, service, vocabularyLimit, stepTimeoutMs, signal, prefixScope })
  }
}
