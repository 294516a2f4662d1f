/**
 * Prints the cost of beam search: seconds of a search of width 4, compared with 4 single streams
 * that decode at once. The table of docs/decoding.md.
 *
 * usage: npm run beams -w bench -- SFT_FOLDER DPO_FOLDER [--rounds 5] [--tokens 32]
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { complete, readGoldenRows, startStack } from '@tandem/test'
import { median } from '../measure/statistics.js'

const width = 4

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, tokens: { type: 'string', default: '32' } },
})
const [sft, dpo] = positionals
if (sft === undefined || dpo === undefined)
  throw new Error('expected two arguments: the model folder of SFT and the model folder of DPO')
const [rounds, tokens] = [Number(values.rounds), Number(values.tokens)]

const stack = await startStack({ sft, dpo, pair: 'pair' })
const [{ prompt_ids: prompt } = { prompt_ids: [1] }] = readGoldenRows('smollm2-pair.jsonl', ['greedy-dpo'])

async function seconds(decoding: object, streams: number): Promise<number> {
  const request = { model: 'pair', prompt, max_tokens: tokens, ignore_eos: true, decoding }
  const startedMs = performance.now()
  await Promise.all(Array.from({ length: streams }, () => complete(stack.url, '/v1/completions', request)))
  return (performance.now() - startedMs) / 1000
}

const summary = (times: readonly number[]) => `${median(times).toFixed(2)} (${Math.min(...times).toFixed(2)})`

try {
  console.log(
    `| ${width} beams | ${width} streams | beams, s | streams, s | beams, to streams |\n|---|---|---|---|---|`,
  )
  for (const [wide, single] of [
    [
      { strategy: 'beam', width },
      { strategy: 'greedy-dpo', path: 'plain' },
    ],
    [
      { strategy: 'aad-beam', width },
      { strategy: 'aad', alpha: 0.7, path: 'plain' },
    ],
  ] as const) {
    const [beams, streams]: [number[], number[]] = [[], []]
    await seconds(wide, 1)
    await seconds(single, width)
    for (let round = 0; round < rounds; round++) {
      beams.push(await seconds(wide, 1))
      streams.push(await seconds(single, width))
    }
    const ratio = (median(beams) / median(streams)).toFixed(2)
    console.log(
      `| \`${wide.strategy}\` | \`${single.strategy}\` | ${summary(beams)} | ${summary(streams)} | ${ratio} |`,
    )
  }
  console.log(
    `\n${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, one thread per service; ` +
      `medians (minima) of ${rounds} rounds of ${tokens} tokens, both forms in each round.`,
  )
} finally {
  await stack.stop()
}
