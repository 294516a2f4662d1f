import { createHash } from 'node:crypto'
import type { ServerDuplexStream, ServerUnaryCall } from '@grpc/grpc-js'
import type { WorkOutcome } from '../engine/work.js'

type Call = Pick<ServerUnaryCall<unknown, unknown> | ServerDuplexStream<unknown, unknown>, 'getPeer' | 'getAuthContext'>

/**
 * The sessions of one connection. In the engine, the id of a session is the namespace and the
 * client's id, so that a client cannot name the session of another connection: the service does not
 * hold it.
 */
export class SessionNamespace {
  private constructor(private readonly prefix: string) {}

  /**
   * Returns the namespace of the connection that a call came on: its address and port, the server's
   * own name, and with TLS the client's certificate.
   * @param server differs for each server over the same engine
   */
  static of(call: Call, server: string): SessionNamespace {
    const certificate = call.getAuthContext().sslPeerCertificate?.fingerprint256 ?? ''
    const identity = JSON.stringify([server, call.getPeer(), certificate])
    return new SessionNamespace(`${createHash('sha256').update(identity).digest('base64url')}/`)
  }

  /** Returns the engine's id of a session. */
  idOf(sessionId: string): string {
    return this.prefix + sessionId
  }

  /** Returns the message with the client's ids in place of the engine's. */
  strip(message: string): string {
    return message.replaceAll(this.prefix, '')
  }

  /** Returns the outcome with the client's ids in its failures. */
  stripOutcome(outcome: WorkOutcome): WorkOutcome {
    const { failure, results } = outcome
    if (failure === null && results.every((result) => result.failure === null)) return outcome
    const strip = <T extends { readonly message: string }>(found: T | null) =>
      found && { ...found, message: this.strip(found.message) }
    return {
      ...outcome,
      failure: strip(failure),
      results: results.map((result) => ({ ...result, failure: strip(result.failure) })),
    }
  }
}
