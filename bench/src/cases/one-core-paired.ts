import type { Case } from '../case.js'
import { timeDecode } from '../client/decode-timing.js'
import { aadArm, greedyArm } from '../client/gateway-client.js'
import { pinSelf, twoCores } from '../cores.js'
import { estimate, median } from '../measure/statistics.js'
import { readGoldenPrompts, takeInTurn } from '../prompts.js'
import { withPairedStack } from '../stack/paired.js'
import { withStack } from '../stack/run-stack.js'

/**
 * P2-paired. Both rows of the LoRA pair in one process and one pass, against greedy decoding of the DPO model in a service of its
 * own, all on one core; this client on the other. Both stacks stand side by side and answer in turn.
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
        const first = { promptIds: takeInTurn(prompts, 0) }
        await paired.gateway.warmUp(first, [aadArm])
        await single.gateway.warmUp(first, [greedyArm])
        for (let round = 0; round < settings.rounds; round++) {
          const prompt = { promptIds: takeInTurn(prompts, round) }
          const ask = { prompt, maxTokens: settings.maxTokens }
          const aad = timeDecode((await paired.gateway.stream({ ...ask, arm: aadArm })).arrivals)
          const greedy = timeDecode((await single.gateway.stream({ ...ask, arm: greedyArm })).arrivals)
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
