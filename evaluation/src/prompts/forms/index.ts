import { shorten, showValue } from '@tandem/process'
import type { PromptForm, PromptRow } from '../prompt.js'
import { readAlpacaRow } from './alpaca-row.js'
import { readOpenAiRow } from './openai-row.js'
import { readTrlRow } from './trl-row.js'

/** Reads a row of each form. Each throws an Error that names the wrong field. */
export const rowReaders: Readonly<Record<PromptForm, (value: unknown) => PromptRow>> = {
  openai: readOpenAiRow,
  trl: readTrlRow,
  alpaca: readAlpacaRow,
  lines: (value) => ({
    prompt: [{ role: 'user', content: String(value) }],
    customId: null,
    body: {},
    columns: {},
  }),
}

const expected =
  "expected custom_id, method, url and body (OpenAI's Batch form), prompt (TRL), or instruction (alpaca_eval)"

/**
 * Recognises the form of a file by its first value.
 * @throws Error with the keys that were found
 */
export function recognizeForm(value: unknown): PromptForm {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${showValue(value)} is not a JSON object: ${expected}`)
  if ('custom_id' in value) return 'openai'
  if ('prompt' in value) return 'trl'
  if ('instruction' in value) return 'alpaca'
  throw new Error(`the keys are ${shorten(Object.keys(value).join(', ')) || 'none'}: ${expected}`)
}
