import { ApiError } from '../openai/api-error.js'
import { writeJson } from '../openai/json/write-json.js'

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

const toEvent = (data: object): Uint8Array => new TextEncoder().encode(`data: ${writeJson(data)}\n\n`)
const done = new TextEncoder().encode('data: [DONE]\n\n')
/** A comment that clients skip. It shows clients and proxies that the connection is alive. */
const ping = new TextEncoder().encode(': ping\n\n')

/** Options of an event stream. */
export interface EventStreamOptions {
  /** Time in which nothing was sent after which a ping is sent, in milliseconds. 0: never. */
  readonly pingMs: number
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
 * chunk takes long: some clients take every line for JSON, so no other wait has one.
 * @returns the response, as soon as the first chunk is ready or a ping is due
 * @throws the error of the first chunk, if it comes before that
 */
export async function eventStream(
  chunks: AsyncGenerator<object, void>,
  { pingMs, onError, onEnd, write, onPull }: EventStreamOptions,
): Promise<Response> {
  let next = chunks.next()
  deferErrors(next)
  let isPingDue = (await within(pingMs, next)) === 'late'
  let isOver = false
  const end = () => {
    isOver = true
    onEnd()
  }
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        onPull()
        if (isPingDue) {
          isPingDue = false
          return controller.enqueue(ping)
        }
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

/** Waits for a promise. 0 ms: for as long as it takes. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | 'late'> {
  if (ms === 0) return promise
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
