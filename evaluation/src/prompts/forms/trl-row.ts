import { z } from 'zod'
import type { PromptRow } from '../prompt.js'
import { messagesSchema, parseFields } from './parse-fields.js'

const standardSchema = z.looseObject({ prompt: z.string() })
const conversationalSchema = z.looseObject({ prompt: messagesSchema })

/**
 * Reads a row of TRL's prompt-only form: `prompt` is a conversation, or a text. The columns that
 * TRL passes to the chat template become fields of the request.
 * @throws Error naming the wrong field
 */
export function readTrlRow(value: unknown): PromptRow {
  const isText = typeof (value as { prompt?: unknown }).prompt === 'string'
  const { prompt, ...columns } = parseFields(isText ? standardSchema : conversationalSchema, value)
  const { tools, chat_template_kwargs, ...others } = columns as Record<string, unknown>
  const body = Object.fromEntries(Object.entries({ tools, chat_template_kwargs }).filter(([, given]) => given != null))
  return { prompt, customId: null, body, columns: others }
}
