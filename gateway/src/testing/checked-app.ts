import type { Hono } from 'hono'
import type { AppEnvironment } from '../routes/dependencies.js'
import { docsPaths } from '../routes/docs.js'
import { findFault, findSchema } from './document-check.js'
import { findDifference } from './openai-check.js'
import { parseEvents } from './parse-events.js'

/** Of a client that has gone: nobody reads it. */
const gone = 499

/** Holds every answer of an app, and every event of its streams, to /openapi.json and to OpenAI's schemas: a test that asks for one checks it. */
export function checkAnswers(app: Hono<AppEnvironment>): Hono<AppEnvironment> {
  const { fetch } = app
  app.fetch = async (request, ...more) => {
    const response = await fetch(request, ...more)
    const path = new URL(request.url).pathname
    const isPreflight = request.method === 'OPTIONS' && response.status === 204
    if (isPreflight || request.method === 'HEAD' || response.status === gone || docsPaths.includes(path))
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

/** The same bytes, one read for one read, so that whoever waits or goes does so as without it; the end is held back until all is checked. */
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
