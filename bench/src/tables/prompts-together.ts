/**
 * Measures one completions request with 16 prompts against 16 requests with one prompt each, on a
 * server without other requests. The two arms take turns in each round. Prints a table, for
 * docs/api.md#several-prompts.
 *
 * usage: npm run prompts-together -w bench -- SFT_FOLDER DPO_FOLDER [--rounds 8] [--max-tokens 24]
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { startStack } from '@tandem/test'
import { estimate } from '../measure/statistics.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '8' }, 'max-tokens': { type: 'string', default: '24' } },
})
const [sft, dpo] = positionals
if (sft === undefined || dpo === undefined)
  throw new Error('expected two arguments: the model folder of SFT and the model folder of DPO')
const [rounds, maxTokens] = [Number(values.rounds), Number(values['max-tokens'])]

const promptCount = 16
const topics = ['rivers', 'bridges', 'bread', 'trains', 'gardens', 'maps', 'clocks', 'birds']
const prompts = Array.from(
  { length: promptCount },
  (_, i) => `Question ${i}: what should I know about ${topics[i % topics.length]}? Answer:`,
)

const stack = await startStack({ sft, dpo, pair: 'pair' })

/** Sends prompts as one request. @param salt keeps the prefix cache of other arms out */
async function complete(prompt: string | readonly string[], salt: string): Promise<void> {
  const body = { model: 'pair', prompt, max_tokens: maxTokens, ignore_eos: true, cache_salt: salt }
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${stack.url}/v1/completions`, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok) throw new Error(`/v1/completions answered ${response.status}: ${text.slice(0, 500)}`)
  const { usage } = JSON.parse(text) as { usage: { completion_tokens: number } }
  const expected = maxTokens * (typeof prompt === 'string' ? 1 : prompt.length)
  if (usage.completion_tokens !== expected)
    throw new Error(`the answer has ${usage.completion_tokens} tokens: expected ${expected}`)
}

const arms = {
  'one request with 16 prompts': (salt: string) => complete(prompts, salt),
  '16 requests at once': (salt: string) => Promise.all(prompts.map((prompt) => complete(prompt, salt))),
} as const
type Arm = keyof typeof arms
const names = Object.keys(arms) as Arm[]

async function measure(arm: Arm, salt: string): Promise<number> {
  const startedMs = performance.now()
  await arms[arm](salt)
  return (performance.now() - startedMs) / 1000
}

/** Measures both arms once. Each is the first one in every other round. */
async function measureRound(round: number): Promise<Record<Arm, number>> {
  const seconds = {} as Record<Arm, number>
  for (let i = 0; i < names.length; i++) {
    const arm = names[(round + i) % names.length] as Arm
    seconds[arm] = await measure(arm, `${round} ${arm}`)
  }
  return seconds
}

function row(arm: Arm, measured: readonly Record<Arm, number>[]): string {
  const show = (numbers: readonly number[]) => {
    const { value, low, high } = estimate(numbers)
    return `${value.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`
  }
  const ratios = measured.map((seconds) => seconds[arm] / seconds['16 requests at once'])
  return `| ${arm} | ${show(measured.map((seconds) => seconds[arm]))} | ${show(ratios)} |`
}

try {
  // Not counted: the first use of the services.
  for (const arm of names) await measure(arm, 'warm-up')
  const measured: Record<Arm, number>[] = []
  for (let round = 0; round < rounds; round++) {
    const seconds = await measureRound(round)
    measured.push(seconds)
    console.error(JSON.stringify(seconds))
  }
  console.log('| form | seconds | to 16 requests at once |\n|---|---|---|')
  for (const arm of names) console.log(row(arm, measured))
  console.log(
    `\n${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores; Node ${process.versions.node}; ` +
      `medians (10th–90th percentile) of ${rounds} rounds, ${promptCount} prompts, ${maxTokens} tokens each.`,
  )
} finally {
  await stack.stop()
}
