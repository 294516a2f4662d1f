import { ApiError } from '../openai/api-error.js'

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

const toEvent = (data: object): Uint8Array => new TextEncoder().encode(`data: ${JSON.stringify(data)}\n\n`)
const done = new TextEncoder().encode('data: [DONE]\n\n')

export interface EventStreamOptions {
  /** Called with what broke the stream, where something did. */
  readonly onError: (error: unknown) => void
  /** Called once, when the stream is over or its reader has gone. */
  readonly onEnd: () => void
}

/**
 * Chunks as server-sent events, each written as soon as it is there; the next is asked for when the last was taken.
 * An error after the first chunk is an event of its own, as vLLM does.
 */
export async function eventStream(
  chunks: AsyncGenerator<object, void>,
  { onError, onEnd }: EventStreamOptions,
): Promise<Response> {
  // Until the first chunk is there, an error is still an answer with its own status.
  let next = await chunks.next()
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          if (!next.done) {
            controller.enqueue(toEvent(next.value))
            next = await chunks.next()
            return
          }
        } catch (error) {
          onError(error)
          controller.enqueue(toEvent(ApiError.from(error).body))
        }
        controller.enqueue(done)
        controller.close()
        onEnd()
      },
      cancel: () => onEnd(),
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers })
}
