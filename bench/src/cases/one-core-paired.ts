import type { Case } from '../case.js'
import { timeDecode } from '../client/decode-timing.js'
import { aadArm, greedyArm } from '../client/gateway-client.js'
import { pinSelf, twoCores } from '../cores.js'
import { estimate, median } from '../measure/statistics.js'
import { itemOfRound, readGoldenPrompts } from '../prompts.js'
import { withPairedStack } from '../stack/paired.js'
import { withStack } from '../stack/run-stack.js'

/**
 * P2-paired. Compares AAD with both models of the LoRA pair in one process and one pass to greedy
 * decoding of the DPO model in its own service. All of it runs on one core, and this client on the
 * other. Both stacks stay open and answer alternately.
 */
export const oneCorePaired: Case = {
  name: 'P2-PAIRED',
  measures: [
    {
      key: 'P2-paired',
      what: 'AAD tok/s in one pass of the pair / greedy-dpo tok/s of one model, on one core',
      unit: 'ratio',
      target: { atLeast: 0.72 },
      fastTarget: { atLeast: 0.85 },
    },
  ],
  forms: ['default', 'fast'],
  run: async (bench) => {
    const { settings, cores } = bench
    const [core, other] = twoCores(cores)
    await pinSelf([other])
    const prompts = readGoldenPrompts()
    return withPairedStack(bench, core, (paired) =>
      withStack(bench, { sft: core, dpo: core, gateway: core }, async (single) => {
        const speeds = { aad: [] as number[], greedy: [] as number[] }
        const first = { promptIds: itemOfRound(prompts, 0) }
        await paired.gateway.warmUp(first, [aadArm])
        await single.gateway.warmUp(first, [greedyArm])
        for (let round = 0; round < settings.rounds; round++) {
          const prompt = { promptIds: itemOfRound(prompts, round) }
          const request = { prompt, maxTokens: settings.maxTokens }
          const aad = timeDecode((await paired.gateway.stream({ ...request, arm: aadArm })).arrivals)
          const greedy = timeDecode((await single.gateway.stream({ ...request, arm: greedyArm })).arrivals)
          speeds.aad.push(aad.tokensPerSecond)
          speeds.greedy.push(greedy.tokensPerSecond)
        }
        const ratio = estimate(speeds.aad.map((speed, i) => speed / (speeds.greedy[i] ?? Number.NaN)))
        const notes = [`AAD ${median(speeds.aad).toFixed(1)}, greedy ${median(speeds.greedy).toFixed(1)} tok/s`]
        return { 'P2-paired': { estimate: ratio, notes } }
      }),
    )
  },
}
