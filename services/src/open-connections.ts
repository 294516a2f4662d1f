import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Socket } from 'node:net'

/** Node publishes each connection that a server of this process accepts. */
const channel = 'net.server.socket'

/** The open connections to one port of this process. grpc-js does not show its own. */
export class OpenConnections {
  private readonly sockets = new Set<Socket>()
  private readonly add: (message: unknown) => void

  /** @param port a port that begins to listen in this turn of the event loop */
  constructor(port: number) {
    this.add = (message) => {
      const { socket } = message as { socket: Socket }
      if (socket.localPort !== port) return
      this.sockets.add(socket)
      socket.once('close', () => this.sockets.delete(socket))
    }
    subscribe(channel, this.add)
  }

  /** Resolves when no connection is open. The signal ends the wait. Never rejects. */
  async haveClosed(signal: AbortSignal): Promise<void> {
    while (this.sockets.size > 0 && !signal.aborted) {
      const closed = [...this.sockets].map((socket) => once(socket, 'close', { signal }))
      await Promise.all(closed).catch(() => undefined)
    }
  }

  /** Stops counting. */
  close(): void {
    unsubscribe(channel, this.add)
  }
}
