import { ApiError } from '../openai/api-error.js'

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

const toEvent = (data: object): Uint8Array => new TextEncoder().encode(`data: ${JSON.stringify(data)}\n\n`)
const done = new TextEncoder().encode('data: [DONE]\n\n')
/** A comment that clients skip. It shows clients and proxies that the connection is alive. */
const ping = new TextEncoder().encode(': ping\n\n')
/** Time without a chunk after which a ping is sent, in milliseconds. */
const pingMs = 1_000
/**
 * Time to wait for the first chunk before the head of the answer is sent, in milliseconds. An error
 * in this time gets its own status; clients and proxies may not wait longer.
 */
const headMs = 5_000

/** Callbacks of an event stream. */
export interface EventStreamOptions {
  /** Called with the error if the stream fails. */
  readonly onError: (error: unknown) => void
  /** Called once, when the stream is over or its reader has disconnected. */
  readonly onEnd: () => void
  /** Runs `send`, which formats a chunk and passes it on. It may measure it. */
  readonly write: (send: () => void) => void
  /** Called when the connection asks for more: it has taken what was written before. */
  readonly onPull: () => void
}

/**
 * Sends chunks as server-sent events. It requests the next chunk only after the client has read the
 * last one. An error after the head is an event, as in vLLM. Comments keep the stream alive while a
 * chunk takes long.
 * @returns the response, as soon as the first chunk is ready or takes longer than `headMs`
 * @throws the error of the first chunk, if it comes before that
 */
export async function eventStream(
  chunks: AsyncGenerator<object, void>,
  { onError, onEnd, write, onPull }: EventStreamOptions,
): Promise<Response> {
  let next = chunks.next()
  deferErrors(next)
  await within(headMs, next)
  let isOver = false
  const end = () => {
    isOver = true
    onEnd()
  }
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        onPull()
        try {
          const chunk = await within(pingMs, next)
          if (isOver) return
          if (chunk === 'late') return controller.enqueue(ping)
          if (!chunk.done) {
            write(() => controller.enqueue(toEvent(chunk.value)))
            next = chunks.next()
            deferErrors(next)
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
      cancel: () => {
        end()
        // A chunk that nobody reads any more would keep the generator from its end.
        deferErrors(chunks.return())
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers })
}

/** Keeps a rejection from being unhandled until the promise is awaited. */
function deferErrors(promise: Promise<unknown>): void {
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
