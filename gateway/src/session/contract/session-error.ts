import { status } from '@grpc/grpc-js'

/**
 * Why a session cannot continue.
 *  - unavailable: the service cannot be reached, or its connection broke
 *  - exhausted: the service has reached a limit (sessions, queue, memory, message size)
 *  - deadline: the request exceeded its time limit
 *  - aborted: the client has disconnected, or the session is closed
 *  - changed: no replica serves the version that the request began with
 *  - refused: the service rejects the step as invalid, which is a bug in the gateway
 *  - internal: the engine failed
 */
export type SessionErrorCode = 'unavailable' | 'exhausted' | 'deadline' | 'aborted' | 'changed' | 'refused' | 'internal'

/**
 * The only error type of this folder. gRPC errors and errors of steps are
 * converted to it where they arrive.
 */
export class SessionError extends Error {
  override readonly name = 'SessionError'

  constructor(
    readonly code: SessionErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  /**
   * Returns the error of an aborted signal: its reason if that is a SessionError, `deadline`
   * for a timeout, otherwise `aborted`.
   */
  static ofSignal(signal: AbortSignal): SessionError {
    const reason: unknown = signal.reason
    if (reason instanceof SessionError) return reason
    if (reason instanceof Error && reason.name === 'TimeoutError')
      return new SessionError('deadline', 'the request exceeded its time limit', { cause: reason })
    return new SessionError('aborted', 'the client has disconnected', { cause: reason })
  }
}

/** Session error codes by gRPC status. All other statuses become `internal`. */
const codesByStatus: Readonly<Partial<Record<status, SessionErrorCode>>> = {
  [status.CANCELLED]: 'aborted',
  [status.INVALID_ARGUMENT]: 'refused',
  [status.DEADLINE_EXCEEDED]: 'deadline',
  [status.RESOURCE_EXHAUSTED]: 'exhausted',
  [status.INTERNAL]: 'internal',
  [status.UNAVAILABLE]: 'unavailable',
}

/**
 * Converts the error of a call or a step.
 * @param service the service's name in errors: "the DPO service at 127.0.0.1:7002"
 * @param grpcStatus a gRPC status or the code of a StepError
 */
export function toSessionError(service: string, grpcStatus: status, message: string, cause?: unknown): SessionError {
  const code = codesByStatus[grpcStatus] ?? 'internal'
  const options = cause === undefined ? undefined : { cause }
  if (code === 'unavailable')
    return new SessionError(code, `${service} is unavailable: ${systemReason(message)}`, options)
  return new SessionError(code, `${service}: ${message}`, options)
}

/**
 * Removes what grpc-js adds around the system's message: its last
 * attempt and the state of its resolver.
 */
const systemReason = (message: string) =>
  /^No connection established\. Last error: (?:Error: )?(.*?)\.?\s*Resolution note:/s.exec(message)?.[1] || message
