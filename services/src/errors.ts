import { messageOf } from '@tandem/process'
/** The codes of google.rpc.Code that a service answers with. */
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

/** What a session holds: its number of tokens and their hash. */
export interface Held {
  readonly position: number
  readonly prefixHash: bigint
}

/** A failure as plain data, for messages between threads and on the wire. */
export interface Failure {
  readonly code: StatusCode
  readonly message: string
  /** Set with `failedPrecondition`: the client replays from there. */
  readonly held: Held | null
}

/** Messages of C++, onnxruntime and V8 if an allocation fails. */
const outOfMemory = /bad_alloc|bad allocation|out of memory|allocation failed|failed to allocate memory/i
const tooLittleMemory =
  'the machine has too little memory for this: lower TANDEM_MAX_BATCH, TANDEM_PREFILL_CHUNK or TANDEM_KV_BYTES'

/** The only error class of a service. Foreign errors are converted with `from` where they enter. */
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

  /**
   * Converts any error. A ServiceError stays as it is, a failed allocation becomes
   * RESOURCE_EXHAUSTED (memory may be free later), and everything else becomes INTERNAL.
   */
  static from(error: unknown): ServiceError {
    if (error instanceof ServiceError) return error
    const message = messageOf(error)
    if (outOfMemory.test(message)) return resourceExhausted(tooLittleMemory, { cause: error })
    return new ServiceError(statusCodes.internal, message, null, { cause: error })
  }

  static fromFailure(failure: Failure): ServiceError {
    return new ServiceError(failure.code, failure.message, failure.held)
  }
}

/** The request is wrong: the client must change it. */
export const invalidArgument = (message: string) => new ServiceError(statusCodes.invalidArgument, message)
/** A limit is reached: the client may retry later. */
export const resourceExhausted = (message: string, options?: ErrorOptions) =>
  new ServiceError(statusCodes.resourceExhausted, message, null, options)
/** The session is not in the state that the step expects: the client replays from `held`. */
export const failedPrecondition = (message: string, held: Held) =>
  new ServiceError(statusCodes.failedPrecondition, message, held)
