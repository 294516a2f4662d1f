import { availableParallelism } from 'node:os'
import { preparePair, pullWeights } from '@tandem/cli'
import { defaultPairName, findPair } from '@tandem/models'
import type { Bench, Case } from '../case.js'
import { timeDecode } from '../client/decode-timing.js'
import { aadArm, type GatewayClient } from '../client/gateway-client.js'
import { estimate, median } from '../measure/statistics.js'
import { itemOfRound, readGoldenPrompts } from '../prompts.js'
import { withStack } from '../stack/run-stack.js'
import { installTransformers } from '../transformers/install.js'
import { PythonLoop } from '../transformers/python-loop.js'

const alpha = 0.1

/**
 * Compares AAD with the stack that `tandem up` starts to a plain loop in Python with transformers:
 * two forwards per token, one after the other, in one process. Both use all cores and compute in
 * float32 from the same GGUF file and adapter, so the tokens must be equal. A second measure gives
 * the pair's own precision.
 */
export const transformers: Case = {
  name: 'TRANSFORMERS',
  isOptional: true,
  measures: [
    {
      key: 'transformers',
      what: "AAD tok/s / a plain loop's in Python with transformers, float32 both, all cores both",
      unit: 'ratio',
      target: null,
    },
    { key: 'transformers-native', what: "the same, ours at the pair's own precision", unit: 'ratio', target: null },
  ],
  forms: ['default'],
  run: async (bench) => {
    const { context } = bench
    const python = await installTransformers(context)
    const pair = findPair(defaultPairName)
    const gguf = await pullWeights(pair, context)
    const exact = await preparePair({ paired: false, precision: 'fp32' }, context)
    const options = { python, gguf, adapter: pair.adapter, threads: availableParallelism() }
    return PythonLoop.with(options, bench, (loop, versions) =>
      withStack({ ...bench, pair: exact }, null, (float) =>
        withStack(bench, null, (own) => compare(bench, { float: float.gateway, own: own.gateway }, loop, versions)),
      ),
    )
  },
}

async function compare(
  { settings: { rounds, maxTokens } }: Bench,
  { float, own }: { readonly float: GatewayClient; readonly own: GatewayClient },
  loop: PythonLoop,
  versions: string,
) {
  const prompts = readGoldenPrompts()
  const first = itemOfRound(prompts, 0)
  for (const gateway of [float, own]) await gateway.warmUp({ promptIds: first }, [aadArm])
  await loop.decode(first, 4, alpha)
  const speeds = { float: [] as number[], own: [] as number[], python: [] as number[] }
  let equal = 0
  for (let round = 0; round < rounds; round++) {
    const promptIds = itemOfRound(prompts, round)
    const request = { prompt: { promptIds }, arm: { ...aadArm, alpha }, maxTokens }
    const ours = await float.stream(request)
    const atOwnPrecision = await own.stream(request)
    const theirs = await loop.decode(promptIds, maxTokens, alpha)
    speeds.float.push(timeDecode(ours.arrivals).tokensPerSecond)
    speeds.own.push(timeDecode(atOwnPrecision.arrivals).tokensPerSecond)
    speeds.python.push(timeDecode(theirs.arrivals).tokensPerSecond)
    if (ours.tokenIds.join() === theirs.tokenIds.join()) equal++
  }
  const ratios = (values: readonly number[]) =>
    estimate(values.map((value, i) => value / (speeds.python[i] ?? Number.NaN)))
  const perSecond = (values: readonly number[]) => `${median(values).toFixed(1)} tok/s`
  const python = `Python ${perSecond(speeds.python)}`
  return {
    transformers: {
      estimate: ratios(speeds.float),
      notes: [`ours ${perSecond(speeds.float)}`, python, `tokens equal in ${equal} of ${rounds} answers`, versions],
    },
    'transformers-native': { estimate: ratios(speeds.own), notes: [`ours ${perSecond(speeds.own)}`, python] },
  }
}
