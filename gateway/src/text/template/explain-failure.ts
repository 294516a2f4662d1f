import { TextError } from '../tokenizer/text-error.js'
import { TemplateRefusalError, UnsupportedTemplateError, WorkLimitError } from './jinja/index.js'

const failed = "the model's chat template"

/**
 * Converts an error of a rendering: a refusal or a wrong value is the client's, a missing feature
 * of the engine is not.
 */
export function explainFailure(cause: unknown): TextError {
  const message = messageOf(cause)
  if (cause instanceof TemplateRefusalError)
    return new TextError('invalid_messages', `${failed} refuses these messages: ${message}`, { cause })
  if (cause instanceof UnsupportedTemplateError)
    return new TextError('chat_template_failed', `${failed} uses an unsupported feature: ${message}`, { cause })
  if (cause instanceof WorkLimitError) return tooMuchWork(message, cause)
  return new TextError('invalid_messages', `${failed} failed on these messages: ${message}`, { cause })
}

/** The error of a conversation whose rendering or encoding takes too much work. */
export function tooMuchWork(reason: string, cause = new WorkLimitError(reason)): TextError {
  const advice = 'Send fewer or shorter messages'
  return new TextError('invalid_messages', `${failed} takes too long for these messages: ${reason}. ${advice}`, {
    cause,
  })
}

/** Whether a conversation took more work than it may, which may be less than it may elsewhere. */
export function isTooMuchWork(error: unknown): boolean {
  return error instanceof TextError && error.cause instanceof WorkLimitError
}

const rangeErrors: readonly (readonly [RegExp, string])[] = [
  [/call stack/i, 'it is nested too deeply, or calls itself without end'],
  [/string length|count value/i, 'it makes a text that is too long'],
  [/array length|array buffer/i, 'it makes a list that is too long'],
  [/bigint/i, 'it makes an integer that is too large'],
]

/** The message of an error. JavaScript throws a RangeError where a limit of its own is exceeded. */
export function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  if (!(cause instanceof RangeError)) return cause.message
  return rangeErrors.find(([pattern]) => pattern.test(cause.message))?.[1] ?? cause.message
}
