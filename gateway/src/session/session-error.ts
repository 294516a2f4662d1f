/**
 * Why a session could not go on.
 *  - unavailable: the service cannot be reached, or went away
 *  - exhausted: the service has no room (sessions, queue, memory, message size)
 *  - deadline: the request's time is over
 *  - aborted: the caller has gone
 *  - changed: the service serves another model than at the handshake
 *  - refused: the service calls the step invalid, which is a fault of this gateway
 *  - internal: the engine failed
 */
export type SessionErrorCode = 'unavailable' | 'exhausted' | 'deadline' | 'aborted' | 'changed' | 'refused' | 'internal'

/** The one error of this folder; gRPC's own errors and a step's error become one where they come in. */
export class SessionError extends Error {
  override readonly name = 'SessionError'

  constructor(
    readonly code: SessionErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  /** What an aborted signal means: a SessionError as its reason stays, a timeout is the deadline, anything else the caller. */
  static ofSignal(signal: AbortSignal): SessionError {
    const reason: unknown = signal.reason
    if (reason instanceof SessionError) return reason
    if (reason instanceof Error && reason.name === 'TimeoutError')
      return new SessionError('deadline', 'the request was not done within its time limit', { cause: reason })
    return new SessionError('aborted', 'the caller has gone', { cause: reason })
  }
}

/** google.rpc.Code to ours; a code that is not here is internal. */
const codesByStatus: Readonly<Record<number, SessionErrorCode>> = {
  1: 'aborted',
  3: 'refused',
  4: 'deadline',
  8: 'exhausted',
  13: 'internal',
  14: 'unavailable',
}

/** @param status a google.rpc.Code, of a StepError or of a gRPC status */
export function toSessionError(service: string, status: number, message: string, cause?: unknown): SessionError {
  const code = codesByStatus[status] ?? 'internal'
  const options = cause === undefined ? undefined : { cause }
  if (code === 'unavailable')
    return new SessionError(code, `${service} is unavailable: ${plainReason(message)}`, options)
  return new SessionError(code, `${service}: ${message}`, options)
}

/** grpc-js tells of its resolver and its last attempt around what the system said. */
const plainReason = (message: string) =>
  /^No connection established\. Last error: (?:Error: )?(.*?)\.?\s*Resolution note:/s.exec(message)?.[1] || message
