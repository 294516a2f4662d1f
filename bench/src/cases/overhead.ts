import { ServiceClient, type ServiceSession } from '@tandem/cli'
import type { Bench, Case } from '../case.js'
import { timeDecode } from '../client/decode-timing.js'
import { eagerAadArm } from '../client/gateway-client.js'
import { pinSelf, twoCores } from '../cores.js'
import { estimate, mean, median } from '../measure/statistics.js'
import { itemOfRound, readGoldenPrompts } from '../prompts.js'
import { type RunningStack, withStack } from '../stack/run-stack.js'

/**
 * P4. Measures the time of a token of AAD beyond the slower of its two forwards, with both models
 * running every token (path `eager`): gateway, transfer, readouts, merge, and the stream to this
 * client. Each round times the tokens of an answer. Then it runs the same tokens on both services
 * at once and takes the larger `compute_us` of each step, which is the time of the forward in the
 * service. The value is (time per token - forward) / forward. The DPO service has its own core. SFT
 * service, gateway and client share the other.
 */
export const overhead: Case = {
  name: 'P4',
  measures: [
    { key: 'P4', what: '(gateway + transfer + merge) / the slower forward', unit: 'percent', target: { atMost: 0.05 } },
  ],
  forms: ['default', 'fast'],
  run: async (bench) => {
    const [first, second] = twoCores(bench.cores)
    await pinSelf([first])
    return withStack(bench, { sft: first, dpo: second, gateway: first }, async (stack) => {
      const sft = new ServiceClient(stack.services.sft, bench.context.signal)
      const dpo = new ServiceClient(stack.services.dpo, bench.context.signal)
      try {
        return { P4: await measure(bench, stack, { sft, dpo }) }
      } finally {
        sft.close()
        dpo.close()
      }
    })
  },
}

async function measure(
  { settings }: Bench,
  { gateway }: RunningStack,
  clients: { readonly sft: ServiceClient; readonly dpo: ServiceClient },
) {
  const prompts = readGoldenPrompts()
  const walls: number[] = []
  const forwards: number[] = []
  await gateway.warmUp({ promptIds: itemOfRound(prompts, 0) }, [eagerAadArm])
  for (let round = 0; round < settings.rounds; round++) {
    const promptIds = itemOfRound(prompts, round)
    const request = { prompt: { promptIds }, arm: eagerAadArm, maxTokens: settings.maxTokens }
    const { tokenIds, arrivals } = await gateway.stream(request)
    const sessions = { sft: clients.sft.openSession(), dpo: clients.dpo.openSession() }
    const forwardMs = await timeForwards(sessions, promptIds, tokenIds)
    walls.push(timeDecode(arrivals).msPerToken)
    forwards.push(forwardMs)
  }
  return {
    estimate: estimate(walls.map((wall, i) => wall / (forwards[i] ?? 0) - 1)),
    notes: [
      `${median(walls).toFixed(2)} ms per token, ${median(forwards).toFixed(2)} ms the slower forward`,
      `${(1000 * median(walls.map((wall, i) => wall - (forwards[i] ?? 0)))).toFixed(0)} us difference`,
    ],
  }
}

/** Returns the mean of the slower forward over the steps of an answer, in milliseconds. */
async function timeForwards(
  { sft, dpo }: { readonly sft: ServiceSession; readonly dpo: ServiceSession },
  promptIds: readonly number[],
  tokenIds: readonly number[],
): Promise<number> {
  const candidates = [{ candidates: { alpha: 0.1, exclude: [] } }]
  await Promise.all([sft.append(promptIds), dpo.append(promptIds, candidates)])
  const slower: number[] = []
  // The last token of an answer is never appended.
  for (const id of tokenIds.slice(0, -1)) {
    const both = await Promise.all([sft.append([id]), dpo.append([id], candidates)])
    slower.push(Math.max(...both.map(({ computeMs }) => computeMs)))
  }
  await Promise.all([sft.close(), dpo.close()])
  return mean(slower)
}
