import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import type { Stack } from './support/stack.js'
import { startTinyStack } from './support/tiny-stack.js'

let stack: Stack
afterEach(() => stack?.stop())

const bodyOf = (more: object) =>
  JSON.stringify({ model: 'tiny', prompt: [4, 388, 365], max_tokens: 200, ignore_eos: true, ...more })
const post = (more: object) =>
  fetch(`${stack.url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: bodyOf(more),
  })

/**
 * Opens a request that the gateway has accepted but not received: it stays open until the returned
 * function sends its body.
 */
async function open(body: string): Promise<() => Promise<IncomingMessage>> {
  const headers = { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' }
  const held = request(`${stack.url}/v1/completions`, { method: 'POST', headers })
  held.flushHeaders()
  await once(held, 'continue')
  return async () => {
    held.end(body)
    const [response] = (await once(held, 'response')) as [IncomingMessage]
    return response
  }
}

test('a gateway process finishes what it accepted, refuses the rest with 503, and exits with code 0', async () => {
  stack = await startTinyStack({ env: { TANDEM_DRAIN_MS: '600000' } })
  const exited = once(stack.gateway, 'exit')
  const send = await open(bodyOf({ stream: false }))
  const streams = await Promise.all([1, 2, 3, 4].map(() => post({ stream: true })))
  stack.gateway.kill('SIGTERM')
  const ready = () => fetch(`${stack.url}/readyz`).then(({ status }) => status)
  await expect.poll(ready).toBe(503)
  expect((await fetch(`${stack.url}/livez`)).status).toBe(200)
  const late = await post({})
  expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1'])

  const whole = await send()
  expect(whole.statusCode).toBe(200)
  expect(JSON.parse(await text(whole))).toMatchObject({ usage: { completion_tokens: 200 } })
  for (const stream of streams) {
    expect(stream.status).toBe(200)
    expect(await stream.text()).toMatch(/"finish_reason":"length"[\s\S]*data: \[DONE\]\n\n$/)
  }
  expect(await exited).toEqual([0, null])
})
