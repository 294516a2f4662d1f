/**
 * The reasons for a `TextError`. `invalid_messages` and `no_chat_template` are faults of the
 * request (HTTP 400), the others are faults of the model folder (HTTP 500).
 */
export type TextErrorCode =
  | 'invalid_messages'
  | 'no_chat_template'
  | 'invalid_chat_template'
  | 'chat_template_failed'
  | 'invalid_tokenizer'
  | 'unsupported_tokenizer'

/** The only error type of this folder. `status` is the HTTP status of the answer. */
export class TextError extends Error {
  override readonly name = 'TextError'
  readonly code: TextErrorCode
  readonly status: 400 | 500

  constructor(code: TextErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.status = code === 'invalid_messages' || code === 'no_chat_template' ? 400 : 500
  }
}
