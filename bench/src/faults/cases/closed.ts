import { setTimeout as delay } from 'node:timers/promises'
import type { FaultCase, FaultSettings } from '../case.js'
import { ProxiedStack } from '../proxied-stack.js'
import { Tally } from '../tally.js'
import { mustBecome, waitFor } from '../wait-for.js'
import { askWhole } from '../whole-answer.js'

/** Each response takes this long, so that a step is longer than the way of an abort. */
const stepMs = 100
const freedLimitMs = 1_000
/** The suite runs on machines that are busy with other things: the short form waits longer. */
const waitLimitMs = 10_000
const maxTokens = 200
const promptTokens = { tiny: 50, embedded: 1_500 }

interface Moment {
  readonly name: string
  readonly fields: object
  /** The client closes when the services have got so many messages. */
  readonly messages: number
  /** Whether the prompt is long, and responses are not delayed: the services compute. */
  readonly isPrefill?: boolean
}

const beams = { decoding: { strategy: 'aad-beam', width: 4 } }
const moments: readonly Moment[] = [
  { name: 'before the first token, streamed', fields: { stream: true }, messages: 1 },
  { name: 'before the first token, not streamed', fields: {}, messages: 1 },
  { name: 'mid-stream', fields: { stream: true }, messages: 8 },
  { name: 'mid-answer, not streamed', fields: {}, messages: 8 },
  { name: 'three answers', fields: { decoding: { strategy: 'sample' }, n: 3, stream: true }, messages: 8 },
  { name: 'in beams, streamed', fields: { ...beams, stream: true }, messages: 8 },
  { name: 'in beams, not streamed', fields: beams, messages: 8 },
  { name: 'during the prefill, streamed', fields: { stream: true }, messages: 1, isPrefill: true },
  { name: 'during the prefill, not streamed', fields: {}, messages: 1, isPrefill: true },
]

const post = (url: string, body: object, signal: AbortSignal): Promise<unknown> =>
  fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ignore_eos: true, ...body }),
    signal,
  })
    .then((response) => response.text())
    .catch(() => undefined)

const delayAll = ({ allProxies }: ProxiedStack, ms: number): void => {
  for (const proxy of allProxies)
    proxy.faults = {
      changeResponse: async (response) => {
        if (ms > 0) await delay(ms)
        return [response]
      },
    }
}

async function tryMoment(
  proxied: ProxiedStack,
  { name, fields, messages, isPrefill = false }: Moment,
  { isShort, signal, log }: FaultSettings,
  tally: Tally,
): Promise<void> {
  const { stack, url } = proxied
  delayAll(proxied, isPrefill ? 0 : stepMs)
  const length = isPrefill ? promptTokens[isShort ? 'tiny' : 'embedded'] : 4
  const prompt = Array.from({ length }, (_, i) => 5 + (i % 250))
  const client = new AbortController()
  const before = proxied.requests
  const body = { model: stack.model, prompt, max_tokens: maxTokens, decoding: { path: 'plain' }, ...fields }
  const answer = post(url, body, AbortSignal.any([signal, client.signal]))
  await mustBecome(() => proxied.requests >= before + messages, `${messages} messages`)
  const closedMs = performance.now()
  const requests = proxied.allProxies.map((proxy) => proxy.requests)
  client.abort()
  await answer
  const isIdle = await waitFor(() => proxied.isIdle(), waitLimitMs)
  const freedMs = performance.now() - closedMs
  const isFreed = isIdle && (isShort || freedMs <= freedLimitMs)
  // A message that was on its way would arrive now.
  await delay(2 * stepMs)
  const later = Math.max(...proxied.allProxies.map((proxy, i) => proxy.requests - (requests[i] ?? 0)))
  tally.addRecovery(freedMs)
  const what = isFreed
    ? `freed, at most ${Math.max(1, later)} more step of each service`
    : 'sessions were not freed in time'
  tally.add(what, isFreed && later <= 1, name)
  log(`${name}: freed after ${Math.round(freedMs)} ms, ${later} more steps`)
}

/** A request leaves the queue, which has one place. The next one takes the place. */
async function tryQueued(proxied: ProxiedStack, { signal, log }: FaultSettings, tally: Tally): Promise<void> {
  const { stack, url } = proxied
  delayAll(proxied, stepMs)
  const body = { model: stack.model, prompt: [5, 6], max_tokens: 12, ignore_eos: true, decoding: { path: 'plain' } }
  const expected = await askWhole(stack.url, body, signal)
  const before = proxied.requests
  const running = askWhole(url, body, signal)
  await mustBecome(() => proxied.requests > before, 'a running request')
  const client = new AbortController()
  const queued = post(url, { ...body, stream: true }, AbortSignal.any([signal, client.signal]))
  await mustBecome(async () => (await askWhole(url, body, signal)).startsWith('429'), 'a full queue')
  client.abort()
  await queued
  const closedMs = performance.now()
  let next = await askWhole(url, body, signal)
  let placeMs = closedMs
  while (next.startsWith('429') && placeMs - closedMs < freedLimitMs) {
    placeMs = performance.now()
    next = await askWhole(url, body, signal)
  }
  tally.addRecovery(placeMs - closedMs)
  const isSame = (await running) === expected && next === expected
  tally.add(isSame ? 'left the queue, the others have the same tokens' : `the next one: ${next}`, isSame, 'queued')
  log(`queued: ${isSame ? 'left' : next}`)
}

/** F1: clients close their connections at every stage of a request. */
export const closed: FaultCase = {
  key: 'F1',
  title: 'the client closes: before the first token, mid-stream, in prefill, not streamed, queued, in beams',
  expected: 'at most one more step of each service; sessions are freed within a second',
  run: async (settings) => {
    const env = {
      TANDEM_MAX_CONCURRENT: '1',
      TANDEM_MAX_WAITING: '1',
      ...(settings.isShort ? { TANDEM_PREFILL_CHUNK: '1' } : {}),
    }
    const proxied = await ProxiedStack.start({ pair: settings.isShort ? 'tiny' : 'embedded', replicas: 2, env })
    const tally = new Tally()
    try {
      for (let round = 0; round < (settings.isShort ? 1 : 5); round++) {
        for (const moment of moments) await tryMoment(proxied, moment, settings, tally)
        await tryQueued(proxied, settings, tally)
      }
      return tally.result(await proxied.stack.countLeaked())
    } finally {
      await proxied.stop()
    }
  },
}
