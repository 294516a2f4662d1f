import { showValue } from '@tandem/process'
import { invalidRequest } from '../api-error.js'

type Check = (value: unknown) => boolean

const is =
  (...harmless: readonly unknown[]): Check =>
  (value) =>
    harmless.includes(value)
const isEmpty: Check = (value) => typeof value === 'object' && value !== null && Object.keys(value).length === 0
const isText: Check = (value) => typeof value === 'object' && value !== null && 'type' in value && value.type === 'text'
const isTextOnly: Check = (value) => Array.isArray(value) && value.every((item) => item === 'text')
const never: Check = () => false

/** Fields that this server does not support, each with the values that would change nothing. */
const fields: Readonly<Record<string, Check>> = {
  best_of: is(1),
  use_beam_search: is(false),
  suffix: is(''),
  tools: isEmpty,
  functions: isEmpty,
  tool_choice: is('none', 'auto'),
  function_call: is('none', 'auto'),
  response_format: isText,
  modalities: isTextOnly,
  audio: never,
  web_search_options: never,
  truncation_side: is('left'),
  allowed_token_ids: isEmpty,
  bad_words: isEmpty,
  chat_template: never,
  chat_template_kwargs: isEmpty,
  documents: isEmpty,
  structured_outputs: never,
  guided_json: never,
  guided_regex: never,
  guided_choice: never,
  guided_grammar: never,
  prompt_embeds: never,
}

/** The names of the fields that this server does not support. */
export const unsupportedNames: readonly string[] = Object.keys(fields)

/**
 * Asserts that a request uses only supported fields.
 * @throws ApiError 400 that names the first unsupported field
 */
export function assertSupported(body: Readonly<Record<string, unknown>>): void {
  for (const [name, isHarmless] of Object.entries(fields)) {
    const value = body[name]
    if (value === undefined || value === null || isHarmless(value)) continue
    throw invalidRequest(
      `${name} is not supported by this server: found ${showValue(value)}; remove it`,
      name,
      'unsupported_parameter',
    )
  }
}
