import type { Case } from '../case.js'
import { timeDecode } from '../client/decode-timing.js'
import { aadArm, greedyArm, plainAadArm } from '../client/gateway-client.js'
import { copyPrompts } from '../copy-prompts.js'
import { pinSelf, twoCores } from '../cores.js'
import { estimate, mean, median } from '../measure/statistics.js'
import { itemOfRound } from '../prompts.js'
import { withStack } from '../stack/run-stack.js'

/**
 * P3. Compares AAD with speculation to greedy decoding, on prompts whose answers copy. Each service
 * has its own core, as in P1. The notes give the plain loop of AAD, and tokens per step, which are
 * counted by their time of arrival.
 */
export const copying: Case = {
  name: 'P3',
  measures: [
    {
      key: 'P3',
      what: 'AAD tok/s with speculation / greedy-dpo tok/s, prompts that copy',
      unit: 'ratio',
      target: { atLeast: 1.5 },
    },
    { key: 'P3-plain', what: "the same without speculation: AAD's plain loop", unit: 'ratio', target: null },
  ],
  forms: ['default', 'fast'],
  run: async (bench) => {
    const { settings, cores } = bench
    const [first, second] = twoCores(cores)
    await pinSelf([first])
    return withStack(bench, { sft: first, dpo: second, gateway: first }, async ({ gateway }) => {
      const time = async (arm: typeof aadArm, round: number) =>
        timeDecode((await gateway.stream({ prompt: itemOfRound(copyPrompts, round), arm, maxTokens })).arrivals)
      const maxTokens = settings.copyTokens
      const speeds = { auto: [] as number[], plain: [] as number[], greedy: [] as number[] }
      const tokensPerStep: number[] = []
      await time(aadArm, 0)
      for (let round = 0; round < settings.rounds; round++) {
        const auto = await time(aadArm, round)
        speeds.auto.push(auto.tokensPerSecond)
        tokensPerStep.push(auto.tokensPerStep)
        speeds.plain.push((await time(plainAadArm, round)).tokensPerSecond)
        speeds.greedy.push((await time(greedyArm, round)).tokensPerSecond)
      }
      const ratioOf = (speed: readonly number[]) => estimate(speed.map((value, i) => value / (speeds.greedy[i] ?? 0)))
      const notes = [
        `AAD ${median(speeds.auto).toFixed(1)}, plain ${median(speeds.plain).toFixed(1)}, greedy ${median(speeds.greedy).toFixed(1)} tok/s`,
        `${mean(tokensPerStep).toFixed(2)} tokens per step`,
        ...(gateway.hasFastPaths ? [] : ['this version knows the plain loop alone']),
      ]
      return {
        P3: { estimate: ratioOf(speeds.auto), notes },
        'P3-plain': { estimate: ratioOf(speeds.plain), notes: [] },
      }
    })
  },
}
