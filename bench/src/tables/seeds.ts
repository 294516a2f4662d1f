/**
 * Measures how often a seed gives another answer if other prompts are read in mid-answer, which
 * changes the batches and so the rounding. Prints a row of the table in docs/decisions/sampling.md.
 *
 * usage: npm run seeds -w bench [-- --precision native --answers 32 --max-tokens 32 --strict]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildModel, defaultPairName, findPair, precisions } from '@tandem/models'
import { complete, embeddedPair, startStack } from '@tandem/test'
import { flipRow, flipsTitle, sumFlips } from './precision/flips.js'

const { values } = parseArgs({
  options: {
    precision: { type: 'string', default: findPair(defaultPairName).precision },
    answers: { type: 'string', default: '32' },
    'max-tokens': { type: 'string', default: '32' },
    strict: { type: 'boolean', default: false },
  },
})
const precision = precisions.find((name) => name === values.precision)
if (precision === undefined)
  throw new Error(`--precision is ${values.precision}: expected one of ${precisions.join(', ')}`)
const seeds = Array.from({ length: Number(values.answers) }, (_, seed) => seed)
/** Answers that are sampled at once, as clients do that share a server. */
const atOnce = 4
const messages = [{ role: 'user', content: 'I need help with camping in the rain. What should I do?' }]

async function sample(url: string, seed: number): Promise<number[]> {
  const decoding = { strategy: 'sample', seed }
  const body = { model: 'pair', messages, decoding, max_tokens: Number(values['max-tokens']), ignore_eos: true }
  return [...(await complete(url, '/v1/chat/completions', body)).tokenIds]
}

async function alone(url: string): Promise<number[][]> {
  const found: number[][] = []
  for (const seed of seeds) found.push(await sample(url, seed))
  return found
}

/** Samples the same answers while other prompts are read, one after another. */
async function besidePrompts(url: string): Promise<number[][]> {
  const found: number[][] = []
  let isOver = false
  const read = async () => {
    for (let i = 0; !isOver; i++) {
      const prompt = `${i} ${'The weather changes quickly in the hills. '.repeat(8)}`
      await complete(url, '/v1/completions', { model: 'pair/sample', prompt, max_tokens: 1 })
    }
  }
  const reading = read()
  for (let first = 0; first < seeds.length; first += atOnce)
    found.push(...(await Promise.all(seeds.slice(first, first + atOnce).map((seed) => sample(url, seed)))))
  isOver = true
  await reading
  return found
}

const folder = await mkdtemp(join(tmpdir(), 'tandem-seeds-'))
try {
  const { source, adapter } = await embeddedPair()
  const [sft, dpo] = [join(folder, 'sft'), join(folder, 'dpo')]
  await buildModel({ source, out: sft, precision })
  await buildModel({ source, adapter, out: dpo, precision })
  const env = values.strict ? { TANDEM_STRICT: '1' } : {}
  const stack = await startStack({ sft, dpo, pair: 'pair', env })
  try {
    const expected = await alone(stack.url)
    const name = `\`${precision}\`${values.strict ? ', `strict`' : ''}`
    console.log([...flipsTitle, flipRow(name, sumFlips(expected, await besidePrompts(stack.url)))].join('\n'))
  } finally {
    await stack.stop()
  }
  console.log(
    `\n${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores; Node ${process.versions.node}`,
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}
