import { setTimeout as delay } from 'node:timers/promises'
import { type Asked, askFirst } from '../asked.js'
import type { FaultCase, FaultResult, FaultSettings } from '../case.js'
import { holdRequest } from '../held-request.js'
import { ServiceStack } from '../service-stack.js'
import { streamAnswer } from '../stream-answer.js'
import { Tally } from '../tally.js'

const drainMs = '120000'
const maxTokens = 150
const answersAtOnce = 4
const [tries, shortTries] = [10, 1]
const refusalLimitMs = 60_000
const pollMs = 20

const drainCase = (
  key: string,
  title: string,
  expected: string,
  run: (stack: ServiceStack, tally: Tally, signal: AbortSignal) => Promise<void>,
): FaultCase => ({
  key,
  title,
  expected,
  run: async ({ isShort, signal }: FaultSettings): Promise<FaultResult> => {
    const stack = await ServiceStack.start({ env: { TANDEM_DRAIN_MS: drainMs } })
    try {
      const tally = new Tally()
      for (let i = 0; i < (isShort ? shortTries : tries); i++) await run(stack, tally, signal)
      return tally.result(await stack.countLeaked())
    } finally {
      await stack.stop()
    }
  },
})

/** F9: SIGTERM while answers are streamed. */
export const drained: readonly FaultCase[] = [
  drainCase(
    'F9',
    'SIGTERM of the gateway with open streams',
    'open answers finish; new requests get 503 with Retry-After; exit code 0',
    drainGateway,
  ),
  drainCase(
    'F9-service',
    'SIGTERM of the only service of each model with open streams',
    'open answers finish; new ones wait for the next process; exit code 0',
    drainServices,
  ),
]

async function drainGateway(stack: ServiceStack, tally: Tally, signal: AbortSignal): Promise<void> {
  const [gateway] = stack.gateways
  if (gateway === undefined) throw new RangeError('the stack has no gateway')
  const asked = await askFirst(stack, { count: answersAtOnce, maxTokens }, signal)
  // Open until it is sent, so that the gateway does not end before the others are judged.
  const held = await holdRequest(stack.url, asked[0]?.body ?? {}, signal)
  const streams = openStreams(stack, asked, signal)
  await streams.flow
  const ended = gateway.end('SIGTERM')
  tally.add(await refusalOf(stack.url, asked[0]?.body ?? {}, signal), true)
  for (const [i, found] of (await streams.answers).entries()) {
    const one = asked[i]
    if (one) tally.addAnswer(one.expected, found)
  }
  const whole = await held.send()
  tally.add(`accepted before SIGTERM: ${whole.status}`, whole.status === 200)
  const end = await ended
  tally.add(end, end === 'exit code 0')
  await gateway.startAgain()
}

async function drainServices(stack: ServiceStack, tally: Tally, signal: AbortSignal): Promise<void> {
  const asked = await askFirst(stack, { count: answersAtOnce, maxTokens }, signal)
  for (const service of stack.services) {
    await stack.waitUntilServing()
    const streams = openStreams(stack, asked, signal)
    await streams.flow
    const ended = service.end('SIGTERM')
    const late = openStreams(stack, asked, signal)
    const end = await ended
    tally.add(end, end === 'exit code 0')
    await service.startAgain()
    for (const [label, { answers }] of Object.entries({ open: streams, new: late }))
      for (const [i, found] of (await answers).entries()) {
        const one = asked[i]
        if (one) tally.addAnswer(one.expected, found, label)
      }
  }
}

/** Streams all answers. `flow` resolves when each has a token or has ended. */
function openStreams(stack: ServiceStack, asked: readonly Asked[], signal: AbortSignal) {
  const flows: Promise<void>[] = []
  const answers = asked.map(({ body }) => {
    const { promise, resolve } = createSignal()
    flows.push(promise)
    return streamAnswer(stack.url, body, signal, resolve).finally(resolve)
  })
  return { flow: Promise.all(flows), answers: Promise.all(answers) }
}

function createSignal(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

/** Sends requests until one is refused. @throws Error if none is in time, or if it is not a 503 */
async function refusalOf(url: string, body: object, signal: AbortSignal): Promise<string> {
  const end = performance.now() + refusalLimitMs
  for (;;) {
    const response = await fetch(`${url}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ ...body, max_tokens: 1 }),
      signal,
    })
    const text = await response.text()
    if (response.status === 503 && response.headers.has('retry-after')) return 'new: 503 with Retry-After'
    if (response.status !== 200 || performance.now() > end)
      throw new Error(`a new request got status ${response.status}: expected 503 with Retry-After. ${text}`)
    await delay(pollMs, undefined, { signal })
  }
}
