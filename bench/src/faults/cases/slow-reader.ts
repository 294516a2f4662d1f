import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { FaultCase, FaultSettings } from '../case.js'
import { ProxiedStack } from '../proxied-stack.js'
import { RawClient } from '../raw-client.js'
import { Tally } from '../tally.js'
import { mustBecome, waitFor } from '../wait-for.js'
import { askWhole } from '../whole-answer.js'

const requestTimeoutMs = 8_000
/** The loop counts as paused when no step has come for this time. */
const pauseMs = 1_500
/** Time from the end of a request until its connection must be closed. */
const closeLimitMs = 15_000
const pageBytes = 4096
const maxGrowthBytes = 64 * 1024 * 1024

/** Memory of a process, in bytes. Only on Linux. */
async function memoryOf(pid: number): Promise<number> {
  const [, resident] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')
  return Number(resident) * pageBytes
}

/** Waits until no more steps come. @returns the number of steps */
async function untilPaused(proxied: ProxiedStack): Promise<number> {
  for (;;) {
    const { requests } = proxied
    await delay(pauseMs)
    if (proxied.requests === requests) return requests
  }
}

async function readAll(url: string, body: object): Promise<string> {
  const client = RawClient.post(url, body)
  client.readAll()
  await mustBecome(() => client.isDone, 'an answer')
  client.close()
  return client.error ?? client.answer
}

async function tryStalled(proxied: ProxiedStack, body: object, settings: FaultSettings, tally: Tally): Promise<void> {
  const { stack, url, gatewayPid } = proxied
  const other = { model: stack.model, prompt: stack.prompts[0], max_tokens: 32, ignore_eos: true }
  const expected = await askWhole(stack.url, other, settings.signal)
  const start = proxied.requests
  await readAll(url, body)
  const whole = proxied.requests - start
  const before = await memoryOf(gatewayPid)
  const startMs = performance.now()
  const client = RawClient.post(url, body)
  const paused = (await untilPaused(proxied)) - start - whole
  settings.log(`the loop paused after ${paused} of ${whole} messages`)
  tally.add(paused < whole ? 'the loop paused' : 'the loop ran to its end', paused > 0 && paused < whole, 'stalled')
  const isSame = (await askWhole(url, other, settings.signal)) === expected
  tally.add(isSame ? 'another client: 200, same tokens' : 'another client: other tokens', isSame, 'stalled')
  const grown = (await memoryOf(gatewayPid)) - before
  tally.add(grown < maxGrowthBytes ? 'memory bounded' : 'memory grew', grown < maxGrowthBytes, `${grown} bytes`)
  const isFreed = await waitFor(() => proxied.isIdle(), requestTimeoutMs)
  const freedMs = performance.now() - startMs
  settings.log(`stalled: sessions were freed after ${Math.round(freedMs)} ms, memory grew by ${grown} bytes`)
  tally.addRecovery(Math.max(0, freedMs - requestTimeoutMs))
  tally.add(isFreed ? 'sessions were freed at the time limit' : 'sessions were held', isFreed, 'stalled')
  // The client does not read, so it does not see the end of its connection: the system does.
  const isEnded = await waitFor(async () => !(await client.isConnected()), closeLimitMs)
  tally.add(isEnded ? 'its connection was closed' : 'its connection stayed open', isEnded, 'stalled')
  client.close()
}

/** Reads in small parts, slower than the answer comes. */
async function trySlow(
  { stack, url }: ProxiedStack,
  body: object,
  { log }: FaultSettings,
  tally: Tally,
): Promise<void> {
  const expected = await readAll(stack.url, body)
  const client = RawClient.post(url, body)
  const startMs = performance.now()
  while (!client.isDone && !client.isClosed) {
    client.readSome()
    await delay(10)
  }
  const isSame = client.isDone && client.error === null && client.answer === expected
  tally.add(isSame ? 'slow: 200, same text' : `slow: ${client.error ?? 'other text'}`, isSame, 'slow')
  log(`slow: ${isSame ? 'same text' : client.error} after ${Math.round(performance.now() - startMs)} ms`)
  client.close()
}

/** F2: clients that read slowly or not at all. */
export const slowReader: FaultCase = {
  key: 'F2',
  title: 'a client reads its stream slowly, or not at all',
  expected:
    'the loop pauses, memory stays bounded, others are served, the time limit ends the request and its connection',
  run: async (settings) => {
    const { isShort } = settings
    const env = { TANDEM_REQUEST_TIMEOUT_MS: `${requestTimeoutMs}`, TANDEM_RECEIVE_TIMEOUT_MS: '1000' }
    const proxied = await ProxiedStack.start({ pair: 'tiny', replicas: 1, env })
    const tally = new Tally()
    try {
      // Each event has about 3 KB, so that the answer is larger than the buffers of the system.
      const fields = { max_tokens: 200, ignore_eos: true, n: 16, logprobs: true, top_logprobs: 20 }
      const messages = [{ role: 'user', content: 'alignment' }]
      const decoding = { strategy: 'sample', path: 'plain' }
      const body = { model: proxied.stack.model, messages, ...fields, seed: 7, temperature: 1, decoding }
      for (let i = 0; i < (isShort ? 1 : 5); i++) {
        await trySlow(proxied, { ...body, max_tokens: 60 }, settings, tally)
        await tryStalled(proxied, body, settings, tally)
      }
      return tally.result(await proxied.stack.countLeaked())
    } finally {
      await proxied.stop()
    }
  },
}
