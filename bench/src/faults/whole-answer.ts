import { z } from 'zod'

const answerSchema = z.union([
  z.object({ error: z.object({ message: z.string(), code: z.string().nullable() }) }),
  z.object({ choices: z.array(z.object({ token_ids: z.array(z.number()), finish_reason: z.string().nullable() })) }),
])

/**
 * Asks for an answer of /v1/completions that is not streamed.
 * @returns its token ids and finish reasons as JSON; for an error "STATUS CODE: MESSAGE"
 */
export async function askWhole(url: string, body: object, signal: AbortSignal): Promise<string> {
  const response = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, return_token_ids: true }),
    signal,
  })
  const answer = answerSchema.parse(await response.json())
  if ('error' in answer) return `${response.status} ${answer.error.code}: ${answer.error.message}`
  return JSON.stringify(answer.choices.map(({ token_ids: ids, finish_reason: finish }) => ({ ids, finish })))
}
