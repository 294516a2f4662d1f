import { setTimeout as delay } from 'node:timers/promises'
import { credentials } from '@grpc/grpc-js'
import { channelOptions, LogitService } from '@tandem/proto'
import { heldSessions } from '../../support/held-sessions.js'
import type { Stack } from '../../support/stack.js'

const messages = [{ role: 'user', content: 'alignment aware decoding' }]

/** Sends a chat request. */
export const chat = (url: string, more: object, init: RequestInit = {}): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    signal: AbortSignal.timeout(360_000),
    ...init,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-tandem-trace': 'tokens' },
    body: JSON.stringify({ model: 'tiny', messages, max_tokens: 24, ignore_eos: true, ...more }),
  })

/**
 * Sends requests of every kind: whole, streamed, with a reward model, aborted, refused, more than
 * the queue takes, and one whose sessions are lost in both services.
 * @throws Error if an answer has another status than expected
 */
export async function driveRequests(stack: Stack): Promise<void> {
  const { url, addresses } = stack
  await expectStatus(200, chat(url, {}))
  // Long enough for drafts: text repeats itself only after a while.
  await expectStatus(200, chat(url, { stream: true, max_tokens: 150 }))
  await expectStatus(200, chat(url, { decoding: { strategy: 'best-of-n', n: 2, seed: 1 } }))
  await expectStatus(404, chat(url, { model: 'unknown' }))
  const burst = await Promise.all(Array.from({ length: 6 }, () => statusOf(chat(url, {}))))
  if (!burst.includes(429)) throw new Error(`six requests at once have the statuses ${burst}: expected 429 among them`)
  await abort(url)
  await loseSessions(stack)
  await refuseStep(addresses.dpo)
}

async function statusOf(request: Promise<Response>): Promise<number> {
  const response = await request
  await response.text()
  return response.status
}

async function expectStatus(expected: number, request: Promise<Response>): Promise<void> {
  const status = await statusOf(request)
  if (status !== expected) throw new Error(`the status is ${status}: expected ${expected}`)
}

/** Disconnects after the first bytes of an answer. */
async function abort(url: string): Promise<void> {
  const caller = new AbortController()
  const response = await chat(url, { stream: true, max_tokens: 200 }, { signal: caller.signal })
  const reader = response.body?.getReader()
  await reader?.read()
  caller.abort()
  await reader?.closed.catch(() => undefined)
}

/**
 * Stops the SFT service during an answer until the session in the DPO service is idle for too long
 * (TANDEM_SESSION_TTL_MS) and is closed, and the gateway gives the SFT service up (TANDEM_HANG_MS):
 * it sends the tokens to both again.
 */
async function loseSessions({ url, addresses, sft }: Stack): Promise<void> {
  const answer = await chat(url, { stream: true, max_tokens: 150, decoding: { path: 'plain' } })
  const reader = answer.body?.getReader()
  await reader?.read()
  sft.kill('SIGSTOP')
  while ((await heldSessions(addresses.dpo)) > 0) await delay(20)
  while ((await fetch(`${url}/readyz`)).ok) await delay(20)
  sft.kill('SIGCONT')
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read());
}

/** Sends a step to a session that the service does not hold. */
async function refuseStep(address: string): Promise<void> {
  const client = new LogitService(address, credentials.createInsecure(), channelOptions)
  const steps = [{ sessionId: 'none', position: 1, prefixHash: '1', rows: 'ROWS_LAST' } as const]
  await new Promise((resolve) => client.Step({ steps }, resolve))
  client.close()
}
