import type { Hono } from 'hono'
import type { AppEnvironment } from '../routes/dependencies.js'
import { docsPaths } from '../routes/docs.js'
import { findFault, findSchema } from './document-check.js'
import { findDifference } from './openai-check.js'
import { parseEvents } from './parse-events.js'

/** The status for a client that has disconnected. No client reads this answer. */
const clientClosed = 499

/**
 * Makes an app check every answer and every event of its streams against /openapi.json and OpenAI's
 * schemas.
 */
export function checkAnswers(app: Hono<AppEnvironment>): Hono<AppEnvironment> {
  const { fetch } = app
  app.fetch = async (request, ...more) => {
    const response = await fetch(request, ...more)
    const path = new URL(request.url).pathname
    const isPreflight = request.method === 'OPTIONS' && response.status === 204
    if (isPreflight || request.method === 'HEAD' || response.status === clientClosed || docsPaths.includes(path))
      return response
    return check(request.method, path, response)
  }
  return app
}

async function check(method: string, path: string, response: Response): Promise<Response> {
  const { status, headers } = response
  const type = headers.get('content-type') ?? ''
  const place = findSchema(method, path, status, type)
  const assertFaultless = (body: object, isStreamed: boolean) => {
    const fault = (place && findFault(place, body)) ?? findDifference(path, body, isStreamed)
    if (fault !== null) throw new Error(`${method} ${path}, ${status}: ${fault}`)
  }
  if (type.startsWith('text/event-stream') && response.body) {
    const events = readEvents(response.body, (body) => assertFaultless(body, true))
    return new Response(events, { status, headers })
  }
  const text = await response.text()
  if (place !== null) assertFaultless(JSON.parse(text) as object, false)
  else if (text !== '') throw new Error(`${method} ${path}, ${status}: the document has no body, found ${text}`)
  return new Response(place === null ? null : text, { status, headers })
}

/**
 * Passes the bytes through read by read, so that waits and disconnects behave as without it, and
 * checks the events before the end.
 */
function readEvents(body: ReadableStream<Uint8Array>, check: (event: object) => void): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await reader.read()
        if (value) {
          text += decoder.decode(value, { stream: true })
          return controller.enqueue(value)
        }
        if (!done) return
        for (const event of parseEvents(text)) check(event)
        controller.close()
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
