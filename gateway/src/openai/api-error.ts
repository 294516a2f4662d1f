import { DecodingError } from '../decode/decoding-error.js'
import { SessionError, type SessionErrorCode } from '../session/session-error.js'
import { TextError } from '../text/index.js'
import type { ErrorBody, ErrorType } from './schemas/error.js'

export interface ApiErrorOptions extends ErrorOptions {
  /** The request's field at fault. */
  readonly param?: string
  readonly code?: string
  readonly type?: ErrorType
  readonly headers?: Readonly<Record<string, string>>
}

/** What a client gets instead of an answer, in OpenAI's form. */
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

  /** Foreign errors, once, at the edge. What is not known is told to the log alone. */
  static from(error: unknown): ApiError {
    if (error instanceof ApiError) return error
    if (error instanceof SessionError) return ofSession(error)
    if (error instanceof DecodingError) return new ApiError(400, error.message, { param: error.param, cause: error })
    if (error instanceof TextError && error.status === 400)
      return new ApiError(400, error.message, { param: 'messages', code: error.code, cause: error })
    if (error instanceof TextError && error.code === 'chat_template_failed')
      return new ApiError(500, templateFailed, { code: error.code, cause: error })
    return new ApiError(500, 'the gateway failed; its log tells more under this request id', { cause: error })
  }
}

const templateFailed =
  "the model's chat template cannot be run here; the gateway's log tells why under this request id. Send the prompt as text to /v1/completions"

export const invalidRequest = (message: string, param: string, code?: string): ApiError =>
  new ApiError(400, message, code === undefined ? { param } : { param, code })

const serviceFailed = "a model's service failed; the gateway's log tells why under this request id"

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

function ofSession(error: SessionError): ApiError {
  const status = statuses[error.code]
  const headers = status === 503 ? retrySoon : {}
  const message = status === 500 ? serviceFailed : error.message
  return new ApiError(status, message, { code: `service_${error.code}`, headers, cause: error })
}
