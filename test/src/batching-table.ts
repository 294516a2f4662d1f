/**
 * What batching gives: one-token steps per second of 1 to 16 sessions that decode at once, through the service's own door.
 * Prints the table of docs/decisions/continuous-batching.md.
 *
 * usage: npm run batching -w test -- MODEL_FOLDER [--context 64] [--rounds 5] [--steps 6]
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { emptyPrefixHash, extendPrefixHash } from '@tandem/proto'
import { ServiceClient } from './support/service-client.js'

const sessionCounts = [1, 2, 4, 8, 16]
const threadCounts = [1, 2]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    context: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '6' },
  },
})
const [model] = positionals
if (model === undefined) throw new Error('name a model folder')
const [context, rounds, steps] = [values.context, values.rounds, values.steps].map(Number) as [number, number, number]

/** A session on one service, and what it holds there. */
class Chain {
  private position = 0
  private prefixHash = emptyPrefixHash

  constructor(
    private readonly service: ServiceClient,
    private readonly sessionId: string,
  ) {}

  async append(tokenIds: number[]): Promise<void> {
    const { position, prefixHash, sessionId } = this
    const readouts = [{ candidates: { alpha: 0.1 } }]
    const { results, error } = await this.service.step({
      steps: [{ sessionId, position, prefixHash: prefixHash.toString(), tokenIds, rows: 'ROWS_LAST', readouts }],
    })
    const failure = error ?? results[0]?.error
    if (failure) throw new Error(`${failure.code}: ${failure.message}`)
    this.position += tokenIds.length
    this.prefixHash = extendPrefixHash(prefixHash, tokenIds)
  }

  async decode(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.append([200 + i])
  }
}

/** Sessions of about `context` tokens; their lengths differ by a quarter of it. */
async function openChains(service: ServiceClient): Promise<Chain[]> {
  const most = Math.max(...sessionCounts)
  const chains = Array.from({ length: most }, (_, i) => new Chain(service, `chain-${i}`))
  for (const [i, chain] of chains.entries()) {
    const length = Math.round(context * (0.875 + (0.25 * i) / most))
    await chain.append(Array.from({ length }, (_, k) => 100 + ((7 * k + 13 * i) % 400)))
  }
  return chains
}

async function stepsPerSecond(chains: readonly Chain[]): Promise<number> {
  // Who joins and who leaves is dealt with before.
  await Promise.all(chains.map((chain) => chain.decode(2)))
  const startedMs = performance.now()
  await Promise.all(chains.map((chain) => chain.decode(steps)))
  return (1000 * chains.length * steps) / (performance.now() - startedMs)
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number
const summary = (values: number[]) => `${median(values).toFixed(1)} (${Math.max(...values).toFixed(1)})`

async function measure(threads: number): Promise<void> {
  const start = (maxBatch: number) =>
    ServiceClient.start(model as string, { TANDEM_THREADS: `${threads}`, TANDEM_MAX_BATCH: `${maxBatch}` })
  const services = [await start(16), await start(1)]
  try {
    const arms: Chain[][] = []
    for (const service of services) arms.push(await openChains(service))
    const rates = sessionCounts.map(() => arms.map((): number[] => []))
    for (let round = 0; round < rounds; round++)
      for (const [i, count] of sessionCounts.entries())
        for (const [arm, chains] of arms.entries()) rates[i]?.[arm]?.push(await stepsPerSecond(chains.slice(0, count)))
    const single = median(rates[0]?.[0] ?? [])
    for (const [i, [batched = [], alone = []] = []] of rates.entries())
      console.log(
        `| ${threads} | ${context} | ${sessionCounts[i]} | ${summary(batched)} | ${summary(alone)} | ${(median(batched) / single).toFixed(2)} |`,
      )
  } finally {
    await Promise.all(services.map((service) => service.stop()))
  }
}

console.log('| threads | context | sessions | steps/s, batched | steps/s, one by one | batched, to one session |')
console.log('|---|---|---|---|---|---|')
for (const threads of threadCounts) await measure(threads)
console.log(
  `\n${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores; medians (maxima) of ${rounds} rounds of ${steps} steps a session, both forms in turn.`,
)
