import { z } from 'zod'
import type { Arrival } from './decode-timing.js'

/** A part of a streamed answer and the time of its arrival. */
export interface Chunk {
  readonly atMs: number
  readonly bytes: Uint8Array
}

/** The tokens of a streamed answer. */
export interface StreamedAnswer {
  readonly tokenIds: readonly number[]
  readonly arrivals: readonly Arrival[]
}

const chunkSchema = z.union([
  z.object({ error: z.object({ message: z.string() }) }),
  z.object({
    choices: z.array(z.object({ token_ids: z.array(z.number()).default([]) })),
    usage: z.object({ completion_tokens: z.number() }).nullish(),
  }),
])
/**
 * Parses a streamed answer.
 * @throws Error if the stream reports an error, or if its tokens do not match its usage
 */
export function readAnswer(chunks: readonly Chunk[]): StreamedAnswer {
  const decoder = new TextDecoder()
  const arrivals: Arrival[] = []
  const tokenIds: number[] = []
  let expected: number | null = null
  let rest = ''
  for (const { atMs, bytes } of chunks) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    const before = tokenIds.length
    for (const line of lines) {
      if (!line.startsWith('data: {')) continue
      const chunk = chunkSchema.parse(JSON.parse(line.slice('data: '.length)))
      if ('error' in chunk) throw new Error(`the gateway ended the answer: ${chunk.error.message}`)
      for (const choice of chunk.choices) tokenIds.push(...choice.token_ids)
      expected = chunk.usage?.completion_tokens ?? expected
    }
    if (tokenIds.length > before) arrivals.push({ atMs, tokens: tokenIds.length - before })
  }
  if (expected === null) throw new Error('the answer was cut off: the stream ended without its usage')
  if (tokenIds.length !== expected)
    throw new Error(`the answer has ${tokenIds.length} tokens: expected ${expected}, as its usage says`)
  return { tokenIds, arrivals }
}
