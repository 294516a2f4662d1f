import { z } from 'zod'
import type { PromptRow } from '../prompt.js'
import { parseFields } from './parse-fields.js'

const rowSchema = z.looseObject({
  instruction: z.string(),
  input: z.literal('', 'is not empty: alpaca_eval has no such field. Write it into instruction').nullish(),
})

/**
 * Reads a row of alpaca_eval's form: `instruction` is the user's message, byte for byte.
 * @throws Error naming the wrong field
 */
export function readAlpacaRow(value: unknown): PromptRow {
  const { instruction, input: _empty, ...columns } = parseFields(rowSchema, value)
  return { prompt: [{ role: 'user', content: instruction }], customId: null, body: {}, columns }
}
