import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type GuardedToys, startGuardedToys } from '../../../testing/guarded-toys.js'
import type { ToyChanges } from '../../../testing/toy-gateway.js'
import { type ConnectionLimits, createHttpServer } from '../../http-server.js'
import { type BadInput, toRequest } from './bad-input.js'
import { type HttpAnswer, send, sendRaw } from './http-client.js'

/** Changes of the gateway and its limits. */
export type ServerChanges = ToyChanges & Partial<ConnectionLimits>

const limits = { maxPromptTokens: 60, maxBodyBytes: 1_000_000, requestTimeoutMs: 300_000, receiveTimeoutMs: 120_000 }

/** A gateway behind a socket, with API keys, limits and two toy services of each model. */
export class GuardedServer {
  private readonly warnings: string[] = []

  private constructor(
    private readonly gateway: GuardedToys,
    private readonly server: Server,
  ) {
    process.on('warning', this.onWarning)
  }

  /** Starts the services and listens. Stop it. */
  static async start(changes: ServerChanges): Promise<GuardedServer> {
    const { receiveTimeoutMs = 120_000, requestTimeoutMs = 300_000, ...others } = changes
    const gateway = await startGuardedToys()
    const server = createHttpServer(gateway.app({ limits, ...others }), { receiveTimeoutMs, requestTimeoutMs })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new GuardedServer(gateway, server)
  }

  /** Number of steps that all services have got. */
  get steps(): number {
    return this.gateway.services.reduce((sum, { steps }) => sum + steps.length, 0)
  }

  /** Sends a request once. */
  ask(input: BadInput): Promise<HttpAnswer> {
    const { port } = this.server.address() as AddressInfo
    return input.raw ? sendRaw(port, input.raw) : send(port, toRequest(input))
  }

  /** What is left of ended requests: sessions, leases, and replicas that are not ready. */
  findLeftovers(): string[] {
    return this.gateway.findLeftovers()
  }

  /** Returns the warnings of the process since the last call. */
  takeWarnings(): string[] {
    return this.warnings.splice(0)
  }

  /** Closes all connections and ends the services. */
  stop(): void {
    process.off('warning', this.onWarning)
    this.server.close()
    this.server.closeAllConnections()
    this.gateway.stop()
  }

  private readonly onWarning = ({ message }: Error): void => {
    this.warnings.push(message)
  }
}
