import type { Case } from '../case.js'
import { timeTogether } from '../client/decode-timing.js'
import { aadArm, type GatewayClient } from '../client/gateway-client.js'
import { estimate, median } from '../measure/statistics.js'
import { readGoldenPrompts, takeInTurn } from '../prompts.js'
import { withStack } from '../stack/run-stack.js'

const sessions = 16

/**
 * P6. Decoding of 16 sessions at once against that of one, AAD through the whole stack as `tandem up` starts it: all tokens that came
 * while every answer was under way, over that time; prompts are read before. Every request's prompt begins with a token of its own,
 * so that no answer gains from what another one left behind.
 */
export const manySessions: Case = {
  name: 'P6',
  measures: [
    { key: 'P6', what: `total tok/s at ${sessions} sessions / at 1`, unit: 'ratio', target: { atLeast: 2.5 } },
  ],
  forms: ['default', 'fast'],
  run: async (bench) => {
    return withStack(bench, null, async ({ gateway }) => {
      const { sessionRounds, sessionTokens } = bench.settings
      const prompts = readGoldenPrompts().slice(0, sessions)
      const speedOf = createMeter(gateway, sessionTokens)
      await gateway.warmUp({ promptIds: takeInTurn(prompts, 0) }, [aadArm])
      // A crowd takes ways through all processes that one answer does not, and its first one meets them uncompiled.
      await speedOf(prompts)
      const speeds = { many: [] as number[], one: [] as number[] }
      for (let round = 0; round < sessionRounds; round++) {
        speeds.one.push(await speedOf([takeInTurn(prompts, round)]))
        speeds.many.push(await speedOf(Array.from({ length: sessions }, (_, i) => takeInTurn(prompts, i))))
      }
      const ratio = estimate(speeds.many.map((speed, i) => speed / (speeds.one[i] ?? Number.NaN)))
      const notes = [
        `${median(speeds.many).toFixed(1)} tok/s at ${sessions}, ${median(speeds.one).toFixed(1)} at 1`,
        'in two services',
      ]
      return { P6: { estimate: ratio, notes } }
    })
  },
}

/** Measures tokens a second of all answers together. */
function createMeter(gateway: GatewayClient, maxTokens: number) {
  let firstId = 1000
  return async (prompts: readonly (readonly number[])[]): Promise<number> => {
    const ask = (ids: readonly number[]) =>
      gateway.stream({ prompt: { promptIds: [firstId++, ...ids] }, arm: aadArm, maxTokens })
    const answers = await Promise.all(prompts.map(ask))
    return timeTogether(answers.map(({ arrivals }) => arrivals))
  }
}
