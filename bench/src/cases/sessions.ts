import type { Case } from '../case.js'
import { timeTogether } from '../client/decode-timing.js'
import { aadArm, type GatewayClient } from '../client/gateway-client.js'
import { estimate, median } from '../measure/statistics.js'
import { itemOfRound, readGoldenPrompts } from '../prompts.js'
import { withStack } from '../stack/run-stack.js'

const sessions = 16

/**
 * P6. Compares the decoding speed of 16 sessions at once to that of one, for AAD with the stack
 * that `tandem up` starts. The speed is the number of tokens that arrive while all answers decode,
 * divided by that time. All prompts are read before. The prompt of every request begins with a
 * token of its own, so that no answer reuses the prefix of another.
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
      await gateway.warmUp({ promptIds: itemOfRound(prompts, 0) }, [aadArm])
      // Many sessions at once use code that one session does not, and the first run of it is not
      // compiled.
      await speedOf(prompts)
      const speeds = { many: [] as number[], one: [] as number[] }
      for (let round = 0; round < sessionRounds; round++) {
        speeds.one.push(await speedOf([itemOfRound(prompts, round)]))
        speeds.many.push(await speedOf(Array.from({ length: sessions }, (_, i) => itemOfRound(prompts, i))))
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

/** Returns a function that measures the tokens per second of all answers together. */
function createMeter(gateway: GatewayClient, maxTokens: number) {
  let firstId = 1000
  return async (prompts: readonly (readonly number[])[]): Promise<number> => {
    const stream = (ids: readonly number[]) =>
      gateway.stream({ prompt: { promptIds: [firstId++, ...ids] }, arm: aadArm, maxTokens })
    const answers = await Promise.all(prompts.map(stream))
    return timeTogether(answers.map(({ arrivals }) => arrivals))
  }
}
