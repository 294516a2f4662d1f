/**
 * Prints the cost of each strategy per token: forwards of the two models, their batches, and the
 * bytes that are read out. The table of docs/decoding.md.
 *
 * usage: npm run strategies -w bench -- SFT_FOLDER DPO_FOLDER [--prompts 4] [--tokens 32]
 */
import { fork } from 'node:child_process'
import { parseArgs } from 'node:util'
import { gatewayMainPath } from '@tandem/gateway'
import { complete, readGoldenRows, readyAddress, startStack } from '@tandem/test'
import { CountingProxy } from './counting-proxy.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { prompts: { type: 'string', default: '4' }, tokens: { type: 'string', default: '32' } },
})
const [sft, dpo] = positionals
if (sft === undefined || dpo === undefined)
  throw new Error('expected two arguments: the model folder of SFT and the model folder of DPO')
const tokens = Number(values.tokens)
const pair = 'pair'
const filter = { on: 'dpo', alpha: 0.1 }

const methods: readonly (readonly [string, object])[] = [
  ['`aad`, a device each', { strategy: 'aad', path: 'eager' }],
  ['`aad`, one device for both', { strategy: 'aad', path: 'lazy' }],
  ['`aad`, `"path": "plain"`', { strategy: 'aad', path: 'plain' }],
  ['`greedy-dpo`', { strategy: 'greedy-dpo', path: 'plain' }],
  ['`greedy-sft`', { strategy: 'greedy-sft', path: 'plain' }],
  ['`eft`', { strategy: 'eft' }],
  ['`contrastive`, as `aad`', { strategy: 'contrastive', path: 'lazy' }],
  ['`sample`', { strategy: 'sample', seed: 1, top_p: 0.9 }],
  ['`sample` with `top_k` 50', { strategy: 'sample', seed: 1, top_k: 50 }],
  ['`beam`, width 4', { strategy: 'beam', width: 4 }],
  ['`aad-beam`, width 4', { strategy: 'aad-beam', width: 4 }],
  ['`random-of-n` and, but for the rewards, `best-of-n`, n 8', { strategy: 'random-of-n', n: 8, seed: 1 }],
  ['`formula` "dpo - 0.5*sft", filtered', { strategy: 'formula', formula: 'dpo - 0.5*sft', filter, path: 'lazy' }],
  ['`formula` "dpo - 0.5*sft"', { strategy: 'formula', formula: 'dpo - 0.5*sft' }],
]

const stack = await startStack({ sft, dpo, pair })
const [sftSide, dpoSide] = [new CountingProxy(stack.addresses.sft), new CountingProxy(stack.addresses.dpo)]
const [TANDEM_SFT, TANDEM_DPO] = await Promise.all([sftSide.listen(), dpoSide.listen()])
const environment = { TANDEM_SFT, TANDEM_DPO, TANDEM_PORT: '0', TANDEM_PAIR: pair }
const gateway = fork(gatewayMainPath, { env: environment, execArgv: [], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
const sides = [dpoSide, sftSide]
try {
  const url = await readyAddress(gateway, 'the gateway')
  const rows = readGoldenRows('smollm2-pair.jsonl', ['greedy-dpo']).slice(0, Number(values.prompts))
  console.log('| method | DPO forwards | SFT forwards | DPO batches | bytes read |\n|---|---|---|---|---|')
  for (const [name, decoding] of methods) {
    for (const side of sides) side.reset()
    for (const { prompt_ids: prompt } of rows)
      await complete(url, '/v1/completions', {
        model: pair,
        prompt,
        max_tokens: tokens,
        ignore_eos: true,
        decoding,
      })
    const each = rows.length * tokens
    const counts = [...sides.map(({ forwards }) => forwards), dpoSide.batches]
    const bytes = Math.round(sides.reduce((sum, side) => sum + side.bytes, 0) / each)
    console.log(
      `| ${name} | ${counts.map((count) => (count / each).toFixed(2)).join(' | ')} | ${bytes.toLocaleString('en')} |`,
    )
  }
  console.log(`\n${rows.length} golden prompts, ${tokens} tokens each.`)
} finally {
  gateway.kill('SIGTERM')
  for (const side of sides) side.stop()
  await stack.stop()
}
