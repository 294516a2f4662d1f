import { z } from 'zod'

/** An error as OpenAI-compatible servers report it. */
export interface ApiFault {
  readonly message: string
  readonly param: string | null
  readonly code: string | null
}

const schema = z.object({
  error: z.object({
    message: z.string(),
    param: z.string().nullish(),
    code: z.union([z.string(), z.number()]).nullish(),
  }),
})

/** Maximum characters of a text that is not an error of the API. */
const maxShown = 500

/** Reads the error in the body of an answer. Any other text is its message. */
export function readError(text: string): ApiFault {
  const parsed = schema.safeParse(parseJson(text))
  if (!parsed.success) return { message: text.slice(0, maxShown) || 'no message', param: null, code: null }
  const { message, param, code } = parsed.data.error
  return { message, param: param ?? null, code: code == null ? null : String(code) }
}

/** Parses JSON; undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
