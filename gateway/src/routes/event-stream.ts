import { ApiError } from '../openai/api-error.js'

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

const toEvent = (data: object): Uint8Array => new TextEncoder().encode(`data: ${JSON.stringify(data)}\n\n`)
const done = new TextEncoder().encode('data: [DONE]\n\n')
/** A comment, which readers of events skip: it tells them, and what is between, that the answer is worked at. */
const ping = new TextEncoder().encode(': ping\n\n')
/** So long without a chunk is worth a ping. */
const pingMs = 1_000
/** So long an error may still be an answer with its own status. A reader, and what is between, waits no longer for the head of the answer. */
const headMs = 5_000

export interface EventStreamOptions {
  /** Called with what broke the stream, where something did. */
  readonly onError: (error: unknown) => void
  /** Called once, when the stream is over or its reader has gone. */
  readonly onEnd: () => void
}

/**
 * Chunks as server-sent events, each written as soon as it is there; the next is asked for when the last was taken.
 * An error after the head is an event of its own, as vLLM does. Where the next chunk takes long, comments keep the stream alive.
 * Resolves when the first chunk is there, or takes long. @throws what breaks the stream before
 */
export async function eventStream(
  chunks: AsyncGenerator<object, void>,
  { onError, onEnd }: EventStreamOptions,
): Promise<Response> {
  let next = chunks.next()
  tellLater(next)
  await within(headMs, next)
  let isOver = false
  const end = () => {
    isOver = true
    onEnd()
  }
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const chunk = await within(pingMs, next)
          if (isOver) return
          if (chunk === 'late') return controller.enqueue(ping)
          if (!chunk.done) {
            controller.enqueue(toEvent(chunk.value))
            next = chunks.next()
            tellLater(next)
            return
          }
        } catch (error) {
          onError(error)
          if (isOver) return
          controller.enqueue(toEvent(ApiError.from(error).body))
        }
        controller.enqueue(done)
        controller.close()
        end()
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers })
}

/** A failure is told to whoever waits for the promise next, and no unhandled one until then. */
function tellLater(promise: Promise<unknown>): void {
  promise.catch(() => undefined)
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
