import { setTimeout as delay } from 'node:timers/promises'
import type { GetModelResponse__Output } from '@tandem/proto'
import { SessionError } from '../session/contract/session-error.js'
import type { ServiceConnection } from '../session/grpc/service-connection.js'
import type { Lease, Replicas, Wish } from '../session/replicas/lease.js'

const handshakeLimitMs = 60_000
const retryMs = 5

interface Toy {
  start(port?: number): Promise<string>
  kill(): void
}

/** A toy service as a replica, and what its leases say. */
export class ToyReplica<Connection extends ServiceConnection, Service extends Toy> {
  shouldMove = false
  /** Codes of the errors that leases reported. */
  readonly failures: string[] = []
  /** Number of leases that are not released. */
  leases = 0
  private lost = new AbortController()
  private port = 0
  private client: Connection | undefined

  /** @param connect opens a connection to an address, host:port */
  constructor(
    readonly service: Service,
    private readonly connect: (address: string) => Connection,
  ) {}

  get connection(): Connection {
    if (!this.client) throw new Error('the replica is not started')
    return this.client
  }

  get lostSignal(): AbortSignal {
    return this.lost.signal
  }

  async start(): Promise<void> {
    const address = await this.service.start(this.port)
    this.port = Number(address.split(':').at(-1))
    this.client ??= this.connect(address)
  }

  /** Cuts all connections, then serves again on the same address without the old sessions. */
  async restart(): Promise<void> {
    this.service.kill()
    await this.start()
  }

  /** Makes the leases say that the replica has stopped answering. */
  hang(): void {
    this.lost.abort(new SessionError('unavailable', 'the toy does not answer'))
    this.lost = new AbortController()
  }

  stop(): void {
    this.client?.close()
    this.service.kill()
  }

  /** Creates a lease. */
  lease(model: GetModelResponse__Output): Lease<Connection> {
    const { connection, failures } = this
    const shouldMove = () => this.shouldMove
    let isHeld = true
    this.leases++
    return {
      connection,
      address: connection.address,
      model,
      lost: this.lost.signal,
      get shouldMove() {
        return shouldMove()
      },
      succeed: () => undefined,
      fail: (error) => failures.push(error.code),
      release: () => {
        if (isHeld) this.leases--
        isHeld = false
      },
    }
  }
}

/** Chooses the first replica that answers and is not shutting down. */
export class ToyReplicas<Connection extends ServiceConnection> implements Replicas<Connection> {
  readonly wishes: Wish[] = []

  constructor(
    readonly replicas: readonly ToyReplica<Connection, Toy>[],
    private readonly waitLimitMs = 120_000,
  ) {}

  async acquire(wish: Wish, signal: AbortSignal): Promise<Lease<Connection>> {
    this.wishes.push(wish)
    const end = performance.now() + this.waitLimitMs
    for (;;) {
      const serving = this.replicas.filter(({ shouldMove }) => !shouldMove)
      const preferred = serving.filter(({ connection }) => !wish.avoid.has(connection.address))
      for (const replica of wish.othersNow ? preferred : [...preferred, ...serving]) {
        const model = await replica.connection.getModel(handshakeLimitMs, signal).catch(() => null)
        if (model && (wish.version === null || model.version === wish.version)) return replica.lease(model)
      }
      if (signal.aborted) throw SessionError.ofSignal(signal)
      if (wish.othersNow || performance.now() > end) throw new SessionError('unavailable', 'no toy is ready')
      await delay(retryMs)
    }
  }
}
