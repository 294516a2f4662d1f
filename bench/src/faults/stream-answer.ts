import { z } from 'zod'
import { EventReader } from '../load/event-reader.js'

/** One answer of a request. */
export interface StreamedChoice {
  readonly tokenIds: readonly number[]
  readonly finish: string | null
}

/** What a client saw of a request. */
export interface SeenAnswer {
  /** The answers by their index. */
  readonly choices: readonly StreamedChoice[]
  /** The error that the client got; null if there was none. */
  readonly error: string | null
  /** The longest time without a chunk, in milliseconds. */
  readonly longestPauseMs: number
  readonly durationMs: number
}

const chunkSchema = z.union([
  z.object({ error: z.object({ message: z.string() }) }),
  z.object({
    choices: z.array(
      z.object({
        index: z.number(),
        token_ids: z.array(z.number()).nullish(),
        finish_reason: z.string().nullish(),
      }),
    ),
  }),
])

/**
 * Streams an answer of /v1/completions, or of /v1/chat/completions if the body has messages. Never
 * rejects.
 * @param onTokens called with the number of tokens so far, for each chunk that has some
 */
export async function streamAnswer(
  url: string,
  body: object,
  signal: AbortSignal,
  onTokens: (count: number) => void = () => undefined,
): Promise<SeenAnswer> {
  const startMs = performance.now()
  const found = new Map<number, { tokenIds: number[]; finish: string | null }>()
  let error: string | null = null
  let lastMs = startMs
  let longestPauseMs = 0
  let count = 0
  const read = (data: string) => {
    const chunk = chunkSchema.parse(JSON.parse(data))
    if ('error' in chunk) {
      error = chunk.error.message
      return
    }
    for (const { index, token_ids: ids, finish_reason: finish } of chunk.choices) {
      const choice = found.get(index) ?? { tokenIds: [], finish: null }
      choice.tokenIds.push(...(ids ?? []))
      found.set(index, { ...choice, finish: finish ?? choice.finish })
      count += ids?.length ?? 0
    }
    onTokens(count)
  }
  try {
    for await (const data of readEvents(url, body, signal)) {
      const nowMs = performance.now()
      longestPauseMs = Math.max(longestPauseMs, nowMs - lastMs)
      lastMs = nowMs
      if (data !== '[DONE]') read(data)
    }
  } catch (failure) {
    error = describe(failure)
  }
  const choices = [...found].sort(([a], [b]) => a - b).map(([, choice]) => choice)
  return { choices, error, longestPauseMs, durationMs: performance.now() - startMs }
}

/** Yields the data of each event. @throws Error if the status is not 200 */
async function* readEvents(url: string, body: object, signal: AbortSignal): AsyncGenerator<string, void> {
  const path = 'messages' in body ? '/v1/chat/completions' : '/v1/completions'
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    // A connection that is kept may be closed by the server at the moment of the next request.
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ ...body, stream: true, return_token_ids: true }),
    signal,
  })
  if (!response.ok) throw new Error(`status ${response.status}: ${(await response.text()).slice(0, 300)}`)
  const reader = new EventReader()
  for await (const bytes of response.body ?? []) yield* reader.push(bytes)
}

/** Returns the message of an error, and the code of its cause: "fetch failed: ECONNREFUSED". */
function describe(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure)
  const { cause } = failure as { cause?: { readonly code?: unknown } }
  return typeof cause?.code === 'string' ? `${failure.message}: ${cause.code}` : failure.message
}
