import { CallCredentials, ChannelCredentials } from '@grpc/grpc-js'

/**
 * Credentials that allow no connection: a name resolved to this machine at the start, and to
 * another one later.
 */
export class RefusingCredentials extends ChannelCredentials {
  /** @param reason in the error of each call */
  constructor(private readonly reason: string) {
    super()
  }

  override _isSecure(): boolean {
    return true
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other
  }

  override _createSecureConnector(
    _target: unknown,
    _options: unknown,
    calls: CallCredentials = CallCredentials.createEmpty(),
  ): ReturnType<ChannelCredentials['_createSecureConnector']> {
    return {
      connect: () => Promise.reject(new Error(this.reason)),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => calls,
      destroy: () => undefined,
    }
  }
}
