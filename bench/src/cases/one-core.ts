import type { Bench, Case } from '../case.js'
import { timeDecode } from '../client/decode-timing.js'
import { type Arm, aadArm, type GatewayClient, greedyArm, plainAadArm } from '../client/gateway-client.js'
import { pinSelf, twoCores } from '../cores.js'
import { estimate, mean, median, scale } from '../measure/statistics.js'
import { itemOfRound, readGoldenPrompts } from '../prompts.js'
import { withStack } from '../stack/run-stack.js'

/**
 * With logits that are this many times as large, a pair is more peaked: its V_alpha equals the V of
 * alpha^(1/scale) of this pair, and the order of A is the same. So it decodes the same tokens as
 * this pair with that alpha, at the same cost per forward.
 */
const peakedScale = 4
const peakedAlpha = 0.1 ** (1 / peakedScale)

/**
 * P2. Compares AAD to greedy decoding, with both services and the gateway on one core and this
 * client on the other. If V_alpha holds one token, the SFT model cannot change the choice, and it
 * can compute that token later in one chunk. With c tokens per ambiguous step the ratio is at most
 * c / (1.2 c + 0.8). The value is the share of that bound.
 */
export const oneCore: Case = {
  name: 'P2',
  measures: [
    {
      key: 'P2',
      what: 'AAD tok/s / greedy-dpo tok/s, all on one core, as a share of the bound c / (1.2 c + 0.8)',
      unit: 'ratio',
      target: { atLeast: 0.9 },
    },
    { key: 'P2-peaked', what: `the same, logits ${peakedScale} times as large`, unit: 'ratio', target: null },
  ],
  forms: ['default', 'fast'],
  run: async (bench) => {
    const [first, second] = twoCores(bench.cores)
    await pinSelf([second])
    return withStack(bench, { sft: first, dpo: first, gateway: first }, async ({ gateway }) => ({
      P2: await compare(bench, gateway, aadArm),
      'P2-peaked': await compare(bench, gateway, { ...aadArm, alpha: peakedAlpha }),
    }))
  },
}

async function compare({ settings }: Bench, gateway: GatewayClient, arm: Arm) {
  const prompts = readGoldenPrompts()
  const ratios: number[] = []
  const candidates: number[] = []
  const speeds = { aad: [] as number[], greedy: [] as number[] }
  await gateway.warmUp({ promptIds: itemOfRound(prompts, 0) }, [arm, greedyArm])
  for (let round = 0; round < settings.rounds; round++) {
    const prompt = { promptIds: itemOfRound(prompts, round) }
    const request = { prompt, maxTokens: settings.maxTokens }
    const aad = timeDecode((await gateway.stream({ ...request, arm })).arrivals).tokensPerSecond
    const greedy = timeDecode((await gateway.stream({ ...request, arm: greedyArm })).arrivals).tokensPerSecond
    ratios.push(aad / greedy)
    speeds.aad.push(aad)
    speeds.greedy.push(greedy)
    if (round < settings.countedRounds)
      candidates.push(
        ...(await gateway.countCandidates({ ...request, arm: { ...plainAadArm, ...arm, path: 'plain' } })),
      )
  }
  const ratio = estimate(ratios)
  const tokensPerAmbiguous = candidates.length / Math.max(1, candidates.filter((count) => count > 1).length)
  return {
    estimate: scale(ratio, 1 / boundOf(tokensPerAmbiguous)),
    notes: [
      `ratio ${ratio.value.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`,
      `bound ${boundOf(tokensPerAmbiguous).toFixed(2)} at c = ${tokensPerAmbiguous.toFixed(2)}`,
      `|V_alpha| = 1 in ${(100 * mean(candidates.map((count) => (count === 1 ? 1 : 0)))).toFixed(0)}% of the steps`,
      `AAD ${median(speeds.aad).toFixed(1)}, greedy ${median(speeds.greedy).toFixed(1)} tok/s`,
    ],
  }
}

/**
 * Returns the bound of the ratio: c tokens cost c forwards of the DPO model and one chunk of c
 * tokens of the SFT model, which costs 0.8 and 0.2 more per token.
 */
const boundOf = (c: number) => c / (1.2 * c + 0.8)
