/** google.rpc.Code, those that a service answers with. */
export const statusCodes = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  resourceExhausted: 8,
  failedPrecondition: 9,
  internal: 13,
  unavailable: 14,
} as const
export type StatusCode = (typeof statusCodes)[keyof typeof statusCodes]

/** What a session holds: so many tokens, with this hash. */
export interface Held {
  position: number
  prefixHash: bigint
}

/** A failure as plain data: what crosses the thread and the wire. */
export interface Failure {
  code: StatusCode
  message: string
  /** With `failedPrecondition`: from where to replay. */
  held: Held | null
}

/** What C++, onnxruntime and V8 say where memory cannot be had. */
const noMemory = /bad_alloc|bad allocation|out of memory|allocation failed|failed to allocate memory/i
const tooLittleMemory =
  'the machine has too little memory for this: lower TANDEM_MAX_BATCH, TANDEM_PREFILL_CHUNK or TANDEM_KV_BYTES'

/** The one error class of a service; foreign errors become one where they enter. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'

  constructor(
    readonly code: StatusCode,
    message: string,
    readonly held: Held | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  toFailure(): Failure {
    return { code: this.code, message: this.message, held: this.held }
  }

  /** A ServiceError stays as it is; memory that cannot be had may be there later; anything else is an internal failure. */
  static from(error: unknown): ServiceError {
    if (error instanceof ServiceError) return error
    const message = error instanceof Error ? error.message : String(error)
    if (noMemory.test(message)) return resourceExhausted(tooLittleMemory, { cause: error })
    return new ServiceError(statusCodes.internal, message, null, { cause: error })
  }

  static ofFailure(failure: Failure): ServiceError {
    return new ServiceError(failure.code, failure.message, failure.held)
  }
}

export const invalidArgument = (message: string) => new ServiceError(statusCodes.invalidArgument, message)
export const resourceExhausted = (message: string, options?: ErrorOptions) =>
  new ServiceError(statusCodes.resourceExhausted, message, null, options)
export const failedPrecondition = (message: string, held: Held) =>
  new ServiceError(statusCodes.failedPrecondition, message, held)
