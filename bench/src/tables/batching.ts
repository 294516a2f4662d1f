/**
 * Prints the gain of batching: one-token steps per second of 1 to 16 sessions that decode at once,
 * through the gRPC interface of the service. The table of docs/decisions/continuous-batching.md.
 *
 * usage: npm run batching -w bench -- MODEL_FOLDER [--context 64] [--rounds 5] [--steps 6]
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { ServiceClient } from '@tandem/test'
import { median } from '../measure/statistics.js'
import { SessionChain } from './session-chain.js'

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
if (model === undefined) throw new Error('expected the path of a model folder as the first argument')
const [context, rounds, steps] = [values.context, values.rounds, values.steps].map(Number) as [number, number, number]

/** Opens sessions of about `context` tokens. Their lengths differ by a quarter of it. */
async function openChains(service: ServiceClient): Promise<SessionChain[]> {
  const count = Math.max(...sessionCounts)
  const chains = Array.from({ length: count }, (_, i) => new SessionChain(service, `chain-${i}`))
  for (const [i, chain] of chains.entries()) {
    const length = Math.round(context * (0.875 + (0.25 * i) / count))
    await chain.append(Array.from({ length }, (_, k) => 100 + ((7 * k + 13 * i) % 400)))
  }
  return chains
}

async function stepsPerSecond(chains: readonly SessionChain[]): Promise<number> {
  // The first steps assign the columns of the batch, which is not part of the measurement.
  await Promise.all(chains.map((chain) => chain.decode(2)))
  const startedMs = performance.now()
  await Promise.all(chains.map((chain) => chain.decode(steps)))
  return (1000 * chains.length * steps) / (performance.now() - startedMs)
}

const summary = (rates: readonly number[]) => `${median(rates).toFixed(1)} (${Math.max(...rates).toFixed(1)})`

async function measure(threads: number): Promise<void> {
  const start = (maxBatch: number) =>
    ServiceClient.start(model as string, { TANDEM_THREADS: `${threads}`, TANDEM_MAX_BATCH: `${maxBatch}` })
  const services = [await start(16), await start(1)]
  try {
    const arms: SessionChain[][] = []
    for (const service of services) arms.push(await openChains(service))
    const rates = sessionCounts.map(() => arms.map((): number[] => []))
    for (let round = 0; round < rounds; round++)
      for (const [i, count] of sessionCounts.entries())
        for (const [arm, chains] of arms.entries()) rates[i]?.[arm]?.push(await stepsPerSecond(chains.slice(0, count)))
    const single = median(rates[0]?.[0] ?? [])
    for (const [i, [batched = [], oneByOne = []] = []] of rates.entries()) {
      const gain = (median(batched) / single).toFixed(2)
      console.log(
        `| ${threads} | ${context} | ${sessionCounts[i]} | ${summary(batched)} | ${summary(oneByOne)} | ${gain} |`,
      )
    }
  } finally {
    await Promise.all(services.map((service) => service.stop()))
  }
}

console.log('| threads | context | sessions | steps/s, batched | steps/s, one by one | batched, to one session |')
console.log('|---|---|---|---|---|---|')
for (const threads of threadCounts) await measure(threads)
console.log(
  `\n${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores; ` +
    `medians (maxima) of ${rounds} rounds of ${steps} steps per session, both forms in each round.`,
)
