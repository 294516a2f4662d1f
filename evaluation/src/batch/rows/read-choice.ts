import { z } from 'zod'
import { ServiceError } from '../http/ask.js'

const chatSchema = z.object({
  message: z.object({ content: z.string().nullable(), reasoning_content: z.string().nullish() }),
})
const textSchema = z.object({ text: z.string() })
const choiceSchema = z.intersection(
  z.union([chatSchema, textSchema]),
  z.object({
    finish_reason: z.string().nullable(),
    token_ids: z.array(z.int()).nullish(),
  }),
)
const schema = z.object({ choices: z.array(choiceSchema).min(1) })

/** The answer to one prompt. */
export interface Choice {
  readonly text: string
  /** The reasoning of a model that thinks; null if there is none. */
  readonly reasoning: string | null
  readonly finishReason: string | null
  /** The ids of its tokens, if they were asked for. */
  readonly tokenIds: readonly number[] | null
}

/**
 * Reads the first choice of an answer.
 * @throws ServiceError if the body is not an answer of an OpenAI-compatible server
 */
export function readChoice(body: unknown): Choice {
  const choice = schema.safeParse(body).data?.choices[0]
  if (!choice) throw new ServiceError('the server sent an answer without choices: expected an OpenAI-compatible server')
  const text = 'text' in choice ? choice.text : (choice.message.content ?? '')
  const reasoning = 'message' in choice ? (choice.message.reasoning_content ?? null) : null
  return { text, reasoning, finishReason: choice.finish_reason, tokenIds: choice.token_ids ?? null }
}
