import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { AppEnvironment } from '../routes/dependencies.js'
import { checkAnswers } from './checked-app.js'

/** Which answers the check of the test suite accepts, and which it refuses. */

const model = {
  id: 'toy',
  object: 'model',
  created: 1,
  owned_by: 'tandem',
  root: 'toy',
  parent: null,
  max_model_len: 8,
}
const head = { id: 'a', created: 1, model: 'toy', object: 'chat.completion.chunk' }
const chunk = { ...head, choices: [{ index: 0, delta: { content: 'a' }, logprobs: null, finish_reason: null }] }
const error = { error: { message: 'no', type: 'invalid_request_error', param: null, code: null } }

const ask = async (method: string, path: string, answer: Response): Promise<string> => {
  const app = new Hono<AppEnvironment>().all('*', () => answer)
  return (await checkAnswers(app).request(path, { method })).text()
}
const stream = (...events: object[]) =>
  new Response([...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n'].join(''), {
    headers: { 'content-type': 'text/event-stream; charset=utf-8' },
  })

test.each([
  ['GET', '/v1/models/toy', () => Response.json(model), JSON.stringify(model)],
  ['GET', '/v1/models/toy%2Faad', () => Response.json(error, { status: 404 }), JSON.stringify(error)],
  ['PUT', '/anything', () => Response.json(error, { status: 405 }), JSON.stringify(error)],
  ['GET', '/health', () => new Response(null, { status: 503 }), ''],
])('accepts %s %s unchanged', async (method, path, answer, text) => {
  expect(await ask(method, path, answer())).toBe(text)
})

test('accepts a stream unchanged', async () => {
  const text = await stream(chunk, error).text()
  expect(await ask('POST', '/v1/chat/completions', stream(chunk, error))).toBe(text)
})

test.each([
  ['another field', 'GET', '/v1/models/toy', () => Response.json({ ...model, extra: 1 }), 'additional properties'],
  ['no field', 'GET', '/v1/models/toy', () => Response.json({ ...model, id: undefined }), "property 'id'"],
  ['another status', 'GET', '/v1/models/toy', () => Response.json(error, { status: 400 }), 'has no status 400'],
  ['another type', 'GET', '/v1/models/toy', () => new Response('{}'), 'has no text/plain'],
  ['another route', 'GET', '/v1/others', () => Response.json(model), 'has no GET /v1/others'],
  ['a body', 'GET', '/health', () => new Response('a', { headers: { 'content-type': '' } }), 'found a'],
  ['another event', 'POST', '/v1/chat/completions', () => stream(chunk, { ...chunk, choices: [{}] }), 'is not what'],
  ['no end', 'POST', '/v1/chat/completions', () => new Response('data: {}\n\n', stream()), 'does not end with [DONE]'],
])('%s does not', async (_, method, path, answer, message) => {
  await expect(ask(method, path, answer())).rejects.toThrow(message)
})
