/**
 * Measures how often each way to compute an answer gives another token than the plain loop, at a
 * precision whose rounding depends on the shape of a run (int8 activations). Writes the table into
 * docs/precision.md.
 *
 * usage: npm run flips -w bench [-- --precision native --prompts 16 --max-tokens 48]
 *
 * `--only replayed` prints the rows whose name has this text, and writes nothing.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildModel, defaultPairName, findPair, precisions } from '@tandem/models'
import { complete, embeddedPair, readGoldenRows, replaceTable, repositoryFolder, startStack } from '@tandem/test'
import { type Flips, flipRow, flipsTitle, sumFlips } from './precision/flips.js'

const { values } = parseArgs({
  options: {
    precision: { type: 'string', default: findPair(defaultPairName).precision },
    prompts: { type: 'string', default: '16' },
    'max-tokens': { type: 'string', default: '48' },
    only: { type: 'string', default: '' },
  },
})
const precision = precisions.find((name) => name === values.precision)
if (precision === undefined)
  throw new Error(`--precision is ${values.precision}: expected one of ${precisions.join(', ')}`)
const prompts = readGoldenRows('smollm2-pair.jsonl', ['aad'])
  .filter((row) => row.params.alpha === 0.1)
  .slice(0, Number(values.prompts))
  .map((row) => row.prompt_ids)

type Decoding = Readonly<Record<string, string>>
const maxTokens = Number(values['max-tokens'])
const folder = await mkdtemp(join(tmpdir(), 'tandem-flips-'))

async function ask(url: string, prompt: readonly number[], decoding: Decoding, limit: number): Promise<number[]> {
  const body = { model: 'pair', prompt, decoding, max_tokens: limit }
  return [...(await complete(url, '/v1/completions', body)).tokenIds]
}

/**
 * Computes the second half of each answer after the prompt and the first half are read again in one
 * prefill, as a session does that continues on another replica.
 */
async function replayedAnswers(whole: readonly (readonly number[])[]): Promise<number[][]> {
  const stack = await startStack({ sft: join(folder, 'sft'), dpo: join(folder, 'dpo'), pair: 'pair' })
  try {
    const found: number[][] = []
    for (const [i, tokens] of whole.entries()) {
      const first = tokens.slice(0, Math.floor(tokens.length / 2))
      const prompt = [...(prompts[i] ?? []), ...first]
      found.push([...first, ...(await ask(stack.url, prompt, { path: 'plain' }, maxTokens - first.length))])
    }
    return found
  } finally {
    await stack.stop()
  }
}

/** Starts a new stack and reads its answers, one after another or all at once. */
async function answers(decoding: Decoding, env: Record<string, string> = {}, atOnce = false): Promise<number[][]> {
  const stack = await startStack({ sft: join(folder, 'sft'), dpo: join(folder, 'dpo'), pair: 'pair', env })
  try {
    const answer = (prompt: readonly number[]) => ask(stack.url, prompt, decoding, maxTokens)
    if (atOnce) return await Promise.all(prompts.map(answer))
    const found: number[][] = []
    for (const prompt of prompts) found.push(await answer(prompt))
    return found
  } finally {
    await stack.stop()
  }
}

try {
  const { source, adapter } = await embeddedPair()
  await buildModel({ source, out: join(folder, 'sft'), precision })
  await buildModel({ source, adapter, out: join(folder, 'dpo'), precision })
  const plain = await answers({ path: 'plain' })
  const variants: readonly [string, () => Promise<number[][]>][] = [
    ['plain, again', () => answers({ path: 'plain' })],
    ...(['eager', 'lazy', 'draft', 'lookup', 'auto'] as const).map(
      (path) => [`\`path: ${path}\``, () => answers({ path })] as [string, () => Promise<number[][]>],
    ),
    [`plain, ${prompts.length} answers at once`, () => answers({ path: 'plain' }, {}, true)],
    ['plain, replayed at half of the answer', () => replayedAnswers(plain)],
    ['plain, prompts in chunks of 16', () => answers({ path: 'plain' }, { TANDEM_PREFILL_CHUNK: '16' })],
  ]
  const lines = [...flipsTitle]
  for (const [name, run] of variants.filter(([name]) => name.includes(values.only))) {
    const flips: Flips = sumFlips(plain, await run())
    lines.push(flipRow(name, flips))
    console.error(lines.at(-1))
  }
  const setting =
    `Precision \`${precision}\`, ${prompts.length} golden prompts of at most ${values['max-tokens']} tokens; ` +
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores; Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}.`
  const path = join(repositoryFolder, 'docs/precision.md')
  const table = `${lines.join('\n')}\n\n${setting}`
  if (values.only === '') {
    await writeFile(path, replaceTable(await readFile(path, 'utf8'), table, 'npm run flips -w bench'))
    console.error(`wrote ${path}`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
