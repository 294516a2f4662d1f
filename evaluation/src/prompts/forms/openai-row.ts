import { z } from 'zod'
import { answerPaths, type PromptRow } from '../prompt.js'
import { messagesSchema, parseFields } from './parse-fields.js'

const rowSchema = z.looseObject({
  custom_id: z.string().min(1),
  method: z.literal('POST').default('POST'),
  url: z.enum(answerPaths),
  body: z.looseObject({ seed: z.int().nullish() }),
})
const chatSchema = z.looseObject({ messages: messagesSchema })
const completionSchema = z.looseObject({ prompt: z.string() })

/**
 * Reads a row of OpenAI's Batch form: `{"custom_id", "method", "url", "body"}`.
 * @throws Error naming the wrong field
 */
export function readOpenAiRow(value: unknown): PromptRow {
  const { custom_id: customId, url, body } = parseFields(rowSchema, value)
  const isChat = url === '/v1/chat/completions'
  const { messages, prompt, ...fields } = parseFields(isChat ? chatSchema : completionSchema, body, ['body'])
  return { prompt: (isChat ? messages : prompt) as PromptRow['prompt'], customId, body: fields, columns: {} }
}
