import type { Case } from '../case.js'
import { aadArm, type GatewayClient } from '../client/gateway-client.js'
import { estimate, median } from '../measure/statistics.js'
import { readGoldenPrompts, takeInTurn } from '../prompts.js'
import { withStack } from '../stack/run-stack.js'

const sessions = 16

/**
 * P6. All answers of 16 sessions at once against those of one session, AAD through the whole stack as `tandem up` starts it:
 * completion tokens over the wall time of the whole request, the prompt included. Every request's prompt begins with a token of its
 * own, so that no answer gains from what another one left behind.
 */
export const manySessions: Case = {
  name: 'P6',
  measures: [
    { key: 'P6', what: `total tok/s at ${sessions} sessions / at 1`, unit: 'ratio', target: { atLeast: 2.5 } },
  ],
  forms: ['default', 'fast'],
  run: (bench) =>
    withStack(bench, null, async ({ gateway }) => {
      const { sessionRounds, maxTokens, length } = bench.settings
      const prompts = readGoldenPrompts().slice(0, sessions)
      const many = Array.from({ length: sessions }, (_, i) => takeInTurn(prompts, i))
      const alone = many.filter((_, i) => i % (length === 'short' ? 4 : 2) === 0)
      const speedOf = createMeter(gateway, maxTokens)
      await speedOf(many.slice(0, 1), 1)
      const speeds = { many: [] as number[], one: [] as number[] }
      for (let round = 0; round < sessionRounds; round++) {
        speeds.one.push(await speedOf(alone, 1))
        speeds.many.push(await speedOf(many, sessions))
      }
      const ratio = estimate(speeds.many.map((speed, i) => speed / (speeds.one[i] ?? Number.NaN)))
      const notes = [
        `${median(speeds.many).toFixed(1)} tok/s at ${sessions}, ${median(speeds.one).toFixed(1)} at 1, prompts included`,
      ]
      return { P6: { estimate: ratio, notes } }
    }),
}

/** Measures tokens a second of all answers together, `lanes` of them at a time. */
function createMeter(gateway: GatewayClient, maxTokens: number) {
  let firstId = 1000
  return async (prompts: readonly (readonly number[])[], lanes: number): Promise<number> => {
    const queue = [...prompts]
    const lane = async () => {
      let tokens = 0
      for (let ids = queue.shift(); ids; ids = queue.shift())
        tokens += await gateway.complete({ prompt: { promptIds: [firstId++, ...ids] }, arm: aadArm, maxTokens })
      return tokens
    }
    const startMs = performance.now()
    const tokens = await Promise.all(Array.from({ length: lanes }, lane))
    return (1000 * tokens.reduce((sum, count) => sum + count, 0)) / (performance.now() - startMs)
  }
}
