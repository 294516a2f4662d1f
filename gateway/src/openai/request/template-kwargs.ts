import { showValue } from '@tandem/process'
import { z } from 'zod'
import { globalNames } from '../../text/index.js'
import { isObject } from '../json/parse-body.js'

/** Arguments of a chat template: scalars and lists of scalars. */
export type TemplateKwargs = Readonly<Record<string, unknown>>

const limits = { names: 32, nameLength: 64, bytes: 16 * 1024 }

/** Names that the server sets, and functions of templates. */
const reserved = new Set([
  ...['messages', 'tools', 'documents', 'add_generation_prompt', 'continue_final_message', 'chat_template'],
  ...globalNames,
])

/**
 * vLLM's `chat_template_kwargs`. They are data for the model's own template, never code: the
 * template runs in a sandbox, and what strings spell never becomes a special token.
 */
export const templateKwargsSchema = z
  .custom<TemplateKwargs>(isObject, 'must be an object')
  .superRefine((kwargs, context) => {
    const fault = findFault(kwargs)
    if (fault !== null) context.addIssue({ code: 'custom', ...fault })
  })
  .meta({ type: 'object', additionalProperties: true })

/** The description of the field in /openapi.json. */
export const templateKwargsDescription =
  'Additional variables of the chat template, such as `{"enable_thinking": false}`. Values are strings, numbers, ' +
  `booleans, null, or lists of these; at most ${limits.names} names and ${limits.bytes} bytes. Names that the server ` +
  'sets itself are refused: `messages`, `tools`, `documents`, `add_generation_prompt`, `continue_final_message`, ' +
  '`chat_template`, special tokens (names that end in `_token` or `_tokens`) and functions of templates. ' +
  'Defaults to no variables.'

interface Fault {
  readonly path: string[]
  readonly message: string
}

function findFault(kwargs: TemplateKwargs): Fault | null {
  const entries = Object.entries(kwargs)
  if (entries.length > limits.names)
    return { path: [], message: `has ${entries.length} names: expected at most ${limits.names}` }
  for (const [name, value] of entries) {
    const message = faultOfName(name) ?? faultOfValue(value)
    if (message !== null) return { path: [name.slice(0, limits.nameLength)], message }
  }
  const bytes = Buffer.byteLength(JSON.stringify(kwargs))
  return bytes > limits.bytes ? { path: [], message: `has ${bytes} bytes: expected at most ${limits.bytes}` } : null
}

function faultOfName(name: string): string | null {
  if (!/^[A-Za-z_]\w*$/.test(name) || name.length > limits.nameLength)
    return `is not a name: expected at most ${limits.nameLength} letters, digits and _`
  if (reserved.has(name)) return 'is set by the server; remove it, or use the field of this name if the request has one'
  return /_tokens?$/.test(name) ? "names the model's special tokens, which cannot be replaced; remove it" : null
}

function faultOfValue(value: unknown): string | null {
  const isScalar = (item: unknown) => item === null || ['string', 'number', 'boolean'].includes(typeof item)
  if (isScalar(value) || (Array.isArray(value) && value.every(isScalar))) return null
  return `must be a string, a number, a boolean, null or a list of these: found ${showValue(value)}`
}
