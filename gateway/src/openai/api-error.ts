import { toSeconds } from '../access/key-usage.js'
import { LimitError } from '../access/limit-error.js'
import { DecodingError } from '../decode/decoding-error.js'
import { SessionError, type SessionErrorCode } from '../session/contract/session-error.js'
import { TextError } from '../text/index.js'
import type { ErrorBody, ErrorType } from './schemas/error.js'

/** Optional parts of an `ApiError`. */
export interface ApiErrorOptions extends ErrorOptions {
  /** The field of the request that caused the error. */
  readonly param?: string
  readonly code?: string
  readonly type?: ErrorType
  readonly headers?: Readonly<Record<string, string>>
}

/** An error answer in OpenAI's format: status, message, type, param and code. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly headers: Readonly<Record<string, string>>
  private readonly options: ApiErrorOptions

  constructor(
    readonly status: number,
    message: string,
    options: ApiErrorOptions = {},
  ) {
    super(message, options)
    this.options = options
    this.headers = options.headers ?? {}
  }

  get body(): ErrorBody {
    const { type, param = null, code = null } = this.options
    const usual = this.status < 500 ? 'invalid_request_error' : 'server_error'
    return { error: { message: this.message, type: type ?? usual, param, code } }
  }

  /**
   * Converts any error, once, at the edge of the API. Clients do not see details of unknown errors;
   * the log has them.
   */
  static from(error: unknown): ApiError {
    if (error instanceof ApiError) return error
    if (error instanceof SessionError) return fromSessionError(error)
    if (error instanceof LimitError) return fromLimitError(error)
    if (error instanceof DecodingError) return new ApiError(400, error.message, { param: error.param, cause: error })
    if (error instanceof TextError && error.status === 400)
      return new ApiError(400, error.message, { param: 'messages', code: error.code, cause: error })
    if (error instanceof TextError && error.code === 'chat_template_failed')
      return new ApiError(500, templateFailed, { code: error.code, cause: error })
    return new ApiError(500, 'internal error of the gateway; its log has the details under this request id', {
      cause: error,
    })
  }
}

const templateFailed =
  "the model's chat template failed; the gateway's log has the details under this request id. Send the prompt as text to /v1/completions"

/** An error of status 400 about one field. */
export const invalidRequest = (message: string, param: string, code?: string): ApiError =>
  new ApiError(400, message, code === undefined ? { param } : { param, code })

const serviceFailed = "internal error of a model's service; the gateway's log has the details under this request id"

const retrySoon = { 'retry-after': '1' }

const statuses: Readonly<Record<SessionErrorCode, number>> = {
  unavailable: 503,
  exhausted: 503,
  changed: 503,
  deadline: 504,
  aborted: 499,
  refused: 500,
  internal: 500,
}

function fromSessionError(error: SessionError): ApiError {
  const status = statuses[error.code]
  const headers = status === 503 ? retrySoon : {}
  const message = status === 500 ? serviceFailed : error.message
  return new ApiError(status, message, { code: `service_${error.code}`, headers, cause: error })
}

/** A request that can never fit is wrong, and waiting does not help. */
function fromLimitError(error: LimitError): ApiError {
  if (error.kind === 'size')
    return new ApiError(400, error.message, { code: 'tokens_per_minute_exceeded', cause: error })
  return new ApiError(429, error.message, {
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    headers: { 'retry-after': String(toSeconds(error.waitMs ?? 0)) },
    cause: error,
  })
}
