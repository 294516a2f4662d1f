import type { GetModelResponse__Output } from '@tandem/proto'
import type { SessionError } from '../contract/session-error.js'

/** What a request wants of a replica. */
export interface Wish {
  /** The model version that the request uses already; null if any version will do. */
  readonly version: string | null
  /** The release that the request uses already; null if any release will do. */
  readonly release: string | null
  /** Engines that the request uses already. A replica of one of them is preferred. */
  readonly engineIds: ReadonlySet<string>
  /** The prompt. A replica whose prefix cache probably holds its beginning is preferred. */
  readonly prompt: Prompt | null
  /** Addresses of replicas that failed for this request: used only if there is no other. */
  readonly avoid: ReadonlySet<string>
  /** Whether only another replica will do, which is ready now: nothing is gained by waiting. */
  readonly othersNow: boolean
}

/** A prompt for the prefix cache. */
export interface Prompt {
  /** Prompts share cached prefixes only within a scope. Empty: they share nothing. */
  readonly scope: string
  readonly tokenIds: readonly number[]
}

/**
 * The use of one replica by the sessions of one request. The holder releases it when its sessions
 * are closed.
 */
export interface Lease<Connection> {
  readonly connection: Connection
  /** The replica's address, host:port. */
  readonly address: string
  /** The model that the replica serves. */
  readonly model: GetModelResponse__Output
  /** Aborts with a SessionError if the replica stops answering, so that nobody waits for it. */
  readonly lost: AbortSignal
  /**
   * Whether the replica is shutting down and another one is ready, so that sessions should continue
   * there.
   */
  readonly shouldMove: boolean
  /** Reports that the replica has answered. */
  succeed(): void
  /** Reports that the replica has failed. After several failures it gets no new sessions. */
  fail(error: SessionError): void
  /** Ends the use. It is safe to call twice. */
  release(): void
}

/** The replicas of one model. */
export interface Replicas<Connection> {
  /**
   * Chooses a replica. If none is ready, it waits for one, unless the wish says `othersNow`.
   * @throws SessionError `unavailable` with the reason of each replica if none is ready within the
   *   wait limit; `changed` if replicas are ready, but none serves the wanted version or release;
   *   of the signal if it aborts
   */
  acquire(wish: Wish, signal: AbortSignal): Promise<Lease<Connection>>
}
