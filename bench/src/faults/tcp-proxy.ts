import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Where the bytes go that a proxy holds back. */
export type Direction = 'to the service' | 'to the gateway'

interface Pipe {
  readonly from: Socket
  readonly to: Socket
  readonly direction: Direction
}

/**
 * Forwards TCP connections to a service. It can hold back all bytes of one direction, the end of a
 * connection too, as a network does that is broken one way. They arrive when it is mended.
 */
export class TcpProxy {
  private readonly pipes = new Set<Pipe>()
  private held: Direction | null = null

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {}

  /** Starts a proxy on a free port. @param service host:port */
  static async start(service: string): Promise<TcpProxy> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const proxy = new TcpProxy(server, (server.address() as AddressInfo).port)
    const [host = '', port] = service.split(':')
    server.on('connection', (gateway) => proxy.join(gateway, connect(Number(port), host)))
    return proxy
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Holds back the bytes of a direction. */
  hold(direction: Direction): void {
    this.held = direction
    for (const { from, direction: own } of this.pipes) if (own === direction) from.pause()
  }

  /** Forwards everything, also what was held back. */
  release(): void {
    this.held = null
    for (const { from, to } of this.pipes) {
      if (from.destroyed) to.destroy()
      else from.resume()
    }
  }

  close(): void {
    this.server.close()
    for (const { from } of this.pipes) from.destroy()
  }

  private join(gateway: Socket, service: Socket): void {
    this.forward({ from: gateway, to: service, direction: 'to the service' })
    this.forward({ from: service, to: gateway, direction: 'to the gateway' })
  }

  private forward(pipe: Pipe): void {
    const { from, to, direction } = pipe
    this.pipes.add(pipe)
    from.on('data', (bytes) => {
      if (!to.write(bytes)) from.pause()
    })
    to.on('drain', () => {
      if (this.held !== direction) from.resume()
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      if (this.held === direction) return
      this.pipes.delete(pipe)
      to.destroy()
    })
    if (this.held === direction) from.pause()
  }
}
