import type { Socket } from 'node:net'
import { CallCredentials, ChannelCredentials } from '@grpc/grpc-js'

type Connector = ReturnType<ChannelCredentials['_createSecureConnector']>

/** Credentials of a channel that secure each connection themselves. */
export abstract class SecureCredentials extends ChannelCredentials {
  /** Secures a connection. @throws Error that each call on the channel gets */
  protected abstract secure(socket: Socket): Promise<Socket>

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
  ): Connector {
    return {
      connect: async (socket) => ({ socket: await this.secure(socket), secure: true }),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => calls,
      destroy: () => undefined,
    }
  }
}
