import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Bench, Case } from '../case.js'
import { timeDecode } from '../client/decode-timing.js'
import { eagerAadArm } from '../client/gateway-client.js'
import { pinSelf, twoCores } from '../cores.js'
import type { Opened } from '../lru-pool.js'
import { estimate, median } from '../measure/statistics.js'
import { readThreadTimes, timeBetween } from '../measure/thread-times.js'
import { itemOfRound, readGoldenPrompts } from '../prompts.js'
import { openStack, type Placement, type RunningStack } from '../stack/run-stack.js'

/** The ways to run the stack. */
const variants = ['off', 'P11', 'P11-sampled', 'P11-tokens'] as const
type Variant = (typeof variants)[number]

/** Answers of each stack before the first round, so that its code is compiled. */
const warmUpAnswers = 4
/**
 * Tokens of an answer for one token of other cases, so that the cost of a request counts little.
 */
const lengthFactor = 4
/** Longer than the interval of the export of spans. */
const exportWaitMs = 1_300

/**
 * P11. Measures what telemetry adds to a token of AAD, with both models running every token (path
 * `eager`). Each round streams the same answer from stacks without telemetry, with metrics, with
 * traces of 5% of the requests, and with a span per token. The spans go to a collector in this
 * process, which discards them.
 *
 * The value is the processor time of all threads but the engines, per token, less that of the stack
 * without telemetry, divided by the time of a token. The times of a token are in the notes: two
 * stacks with the same settings differ by more than telemetry adds.
 */
export const telemetryCost: Case = {
  name: 'P11',
  measures: [
    { key: 'P11', what: 'processor time of metrics / time of a token', unit: 'percent', target: { atMost: 0.01 } },
    { key: 'P11-sampled', what: 'the same, traces of 5% of the requests', unit: 'percent', target: { atMost: 0.02 } },
    { key: 'P11-tokens', what: 'the same, a span per token', unit: 'percent', target: { atMost: 0.05 } },
  ],
  forms: ['default'],
  run: async (bench) => {
    const [first, second] = twoCores(bench.cores)
    await pinSelf([first])
    const collector = await startCollector()
    const opened: Opened<RunningStack>[] = []
    const open = async (environment: NodeJS.ProcessEnv = {}) => {
      const stack = await openStackWith(bench, environment, { sft: first, dpo: second, gateway: first })
      opened.push(stack)
      return stack.value
    }
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
    const sampled = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.05' }
    try {
      return await measure(bench, {
        off: await open({ OTEL_SDK_DISABLED: 'true' }),
        P11: await open(),
        'P11-sampled': await open({ ...endpoint, ...sampled }),
        'P11-tokens': await open(endpoint),
      })
    } finally {
      await Promise.all(opened.map((stack) => stack.close()))
      collector.close()
    }
  },
}

function openStackWith({ context, pair }: Bench, more: NodeJS.ProcessEnv, placement: Placement) {
  const environment = { ...context.environment, ...more }
  return openStack({ context: { ...context, environment }, pair }, placement)
}

type Stacks = Readonly<Record<Variant, RunningStack>>
type Lists = Readonly<Record<Variant, number[]>>
const emptyLists = (): Lists => ({ off: [], P11: [], 'P11-sampled': [], 'P11-tokens': [] })

async function measure({ settings }: Bench, stacks: Stacks) {
  const msPerToken = emptyLists()
  const ownMsPerToken = emptyLists()
  const maxTokens = lengthFactor * settings.maxTokens
  for (const variant of variants)
    for (let i = 0; i < warmUpAnswers; i++) await answer(stacks[variant], variant, i, maxTokens)
  for (let round = 0; round < settings.rounds / 2; round++)
    // Each variant is first in turn: the first one of a round finds the caches of another prompt.
    for (let i = 0; i < variants.length; i++) {
      const variant = itemOfRound(variants, round + i)
      const stack = stacks[variant]
      const before = await readOwnTime(stack)
      msPerToken[variant].push(await answer(stack, variant, round, maxTokens))
      // The spans of the answer are exported within this time.
      if (variant === 'P11-sampled' || variant === 'P11-tokens') await delay(exportWaitMs)
      ownMsPerToken[variant].push(((await readOwnTime(stack)) - before) / maxTokens)
    }
  return Object.fromEntries(variants.slice(1).map((variant) => [variant, compare(variant, msPerToken, ownMsPerToken)]))
}

/** Streams an answer, and returns the time of a token in milliseconds. */
async function answer({ gateway }: RunningStack, variant: Variant, round: number, maxTokens: number): Promise<number> {
  const prompt = { promptIds: itemOfRound(readGoldenPrompts(), round) }
  const tracesTokens = variant === 'P11-tokens'
  const { arrivals } = await gateway.stream({ prompt, arm: eagerAadArm, maxTokens, tracesTokens })
  return timeDecode(arrivals).msPerToken
}

/** Returns the processor time of a stack so far, without the engines, in milliseconds. */
async function readOwnTime({ processes }: RunningStack): Promise<number> {
  const times = processes.map(async ({ name, pid }) => {
    const { mainMs, busiestMs, othersMs } = timeBetween(pid, new Map(), await readThreadTimes(pid))
    return mainMs + othersMs + (name === 'gateway' ? busiestMs : 0)
  })
  return (await Promise.all(times)).reduce((sum, ms) => sum + ms, 0)
}

function compare(variant: Variant, msPerToken: Lists, ownMsPerToken: Lists) {
  const [ms, msOff] = [msPerToken[variant], msPerToken.off]
  const [own, ownOff] = [ownMsPerToken[variant], ownMsPerToken.off]
  const times = estimate(ms.map((value, i) => value / (msOff[i] ?? 0) - 1))
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`
  return {
    estimate: estimate(own.map((value, i) => (value - (ownOff[i] ?? 0)) / (msOff[i] ?? 0))),
    notes: [
      `${median(own).toFixed(2)} ms of processor time per token, ${median(ownOff).toFixed(2)} ms without telemetry`,
      `time of a token ${median(ms).toFixed(1)} ms, ${median(msOff).toFixed(1)} ms without: ` +
        `${percent(times.value)} (${percent(times.low)}–${percent(times.high)})`,
    ],
  }
}

/** Starts an OTLP collector over HTTP that discards what it receives. */
async function startCollector() {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
}
