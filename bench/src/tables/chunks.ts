/**
 * Prints what the size of a prompt's chunks costs: processor time of a whole prompt, and of its
 * longest run, after which the work of a client that has gone ends. The tables of
 * docs/decisions/prefill-chunk.md.
 *
 * usage: npm run chunks -w bench -- MODEL_FOLDER [--tokens 1500] [--rounds 4]
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { disableTelemetry } from '@tandem/services'
import { computeDevicesSchema, loadEngine } from '@tandem/services/engine'

disableTelemetry()
const chunks = [32, 48, 64, 96, 128]
const largest = Math.max(...chunks)

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tokens: { type: 'string', default: '1500' }, rounds: { type: 'string', default: '4' } },
})
const [folder] = positionals
if (folder === undefined) throw new Error('expected the path of a model folder as the first argument')
const [tokens, rounds] = [values.tokens, values.rounds].map(Number) as [number, number]
const prompt = Uint32Array.from({ length: tokens }, (_, k) => 100 + ((7 * k) % 400))

type Engine = Awaited<ReturnType<typeof loadEngine>>

/** Other programs on the machine change it less than the time that passes. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Reads the prompt. @returns the processor time of each run, in milliseconds */
async function readPrompt(engine: Engine, chunk: number): Promise<number[]> {
  const cache = engine.createCache()
  cache.reserve(tokens)
  const times: number[] = []
  for (let position = 0; position < tokens; position += chunk) {
    const tokenIds = prompt.subarray(position, position + chunk)
    const rowIndices = position + chunk < tokens ? [] : [tokenIds.length - 1]
    const startMs = processorMs()
    await engine.run({ cache, position, tokenIds, rowIndices })
    times.push(processorMs() - startMs)
  }
  cache.close()
  return times
}

/** For each size the shortest time of each of its runs. */
const shortest = new Map<number, number[]>()
const engine = await loadEngine({ folder, threads: 1, devices: computeDevicesSchema.parse('cpu') })
try {
  // The first prompt reserves memory.
  await readPrompt(engine, largest)
  for (let round = 0; round < rounds; round++)
    for (const chunk of round % 2 === 0 ? chunks : chunks.toReversed()) {
      const found = await readPrompt(engine, chunk)
      const before = shortest.get(chunk) ?? found
      shortest.set(
        chunk,
        found.map((ms, run) => Math.min(ms, before[run] ?? ms)),
      )
    }
} finally {
  await engine.close()
}

const total = (chunk: number) => (shortest.get(chunk) ?? []).reduce((sum, ms) => sum + ms, 0)
console.log('| chunk | tokens/s | first token | to chunks of 128 | longest run |\n|---|---|---|---|---|')
for (const chunk of chunks) {
  const ms = total(chunk)
  const longestMs = Math.max(...(shortest.get(chunk) ?? []))
  const cells = [
    chunk,
    ((1000 * tokens) / ms).toFixed(0),
    `${(ms / 1000).toFixed(2)} s`,
    (ms / total(largest)).toFixed(2),
  ]
  console.log(`| ${cells.join(' | ')} | ${longestMs.toFixed(0)} ms |`)
}
console.log(
  `\n${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores; processor time, the minimum of ` +
    `each run over ${rounds} rounds, all sizes in each round; a prompt of ${tokens} tokens, one thread.`,
)
