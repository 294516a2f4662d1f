import { ApiError } from '../api-error.js'
import { exactInteger } from './exact-integer.js'
import { rememberPart, rememberText, writtenNumber } from './written-numbers.js'

/*
 * json/ reads and writes JSON where JSON.parse and JSON.stringify are not exact enough. It knows no
 * fields except those of `parts` and `seed`.
 */

type Body = Record<string, unknown>

/** Objects of a body whose numbers errors show, or chat templates print. */
const parts = ['decoding', 'logit_bias', 'messages', 'conversations', 'chat_template_kwargs'] as const

/**
 * Parses the text of a body as a JSON object, before its fields are read. Seeds above 2^53 become
 * bigints.
 * @throws ApiError 400
 */
export function parseBody(text: string): Body {
  const body = parseObject(text)
  rememberText(body, text)
  for (const key of parts) {
    const part = body[key]
    if (typeof part === 'object' && part !== null) rememberPart(body, key, part)
  }
  if (Array.isArray(body.conversations)) rememberItems(body.conversations)
  readSeed(body)
  if (isObject(body.decoding)) readSeed(body.decoding)
  return body
}

function parseObject(text: string): Body {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw new ApiError(400, 'the body is not JSON', { cause })
  }
  if (isObject(body)) return body
  throw new ApiError(400, 'the body must be a JSON object')
}

function rememberItems(list: readonly unknown[]): void {
  for (const [index, item] of list.entries())
    if (typeof item === 'object' && item !== null) rememberPart(list, index, item)
}

/** Replaces a seed that JSON.parse has rounded by its exact value. */
function readSeed(fields: Body): void {
  const { seed } = fields
  if (!Number.isInteger(seed) || Number.isSafeInteger(seed)) return
  const exact = exactInteger(writtenNumber(fields, ['seed']) ?? '')
  if (exact !== null && BigInt.asIntN(64, exact) === exact) fields.seed = exact
}

/** Whether a value is an object of JSON, not a list. */
export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
