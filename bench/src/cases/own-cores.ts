import { ServiceClient } from '@tandem/cli'
import type { Bench, Case } from '../case.js'
import { timeDecode } from '../client/decode-timing.js'
import { aadArm, type GatewayClient, greedyArm } from '../client/gateway-client.js'
import { pinSelf, twoCores } from '../cores.js'
import { estimate, median } from '../measure/statistics.js'
import { itemOfRound, readGoldenPrompts } from '../prompts.js'
import { withStack } from '../stack/run-stack.js'

/**
 * P1. Compares AAD to greedy decoding of the DPO model, with one core per service: SFT service,
 * gateway and this client on the first, the DPO service on the second. Two cores share a memory bus
 * and two devices do not, so in the greedy arm the SFT service runs one forward per token without
 * use, in a session of the same length. P1-plain is the ratio without these forwards.
 */
export const ownCores: Case = {
  name: 'P1',
  measures: [
    {
      key: 'P1',
      what: 'AAD tok/s / greedy-dpo tok/s, one core per service, the memory bus busy in both arms',
      unit: 'ratio',
      target: { atLeast: 0.95 },
    },
    { key: 'P1-plain', what: 'the same, the bus idle in the greedy arm', unit: 'ratio', target: null },
  ],
  forms: ['default', 'fast'],
  run: async (bench) => {
    const [first, second] = twoCores(bench.cores)
    await pinSelf([first])
    return withStack(bench, { sft: first, dpo: second, gateway: first }, async ({ gateway, services }) => {
      const load = new ServiceClient(services.sft, bench.context.signal)
      try {
        return await compare(bench, gateway, load)
      } finally {
        load.close()
      }
    })
  },
}

async function compare({ settings }: Bench, gateway: GatewayClient, load: ServiceClient) {
  const prompts = readGoldenPrompts()
  const speeds = { aad: [] as number[], greedy: [] as number[], greedyPlain: [] as number[] }
  await gateway.warmUp({ promptIds: itemOfRound(prompts, 0) }, [aadArm, greedyArm])
  for (let round = 0; round < settings.rounds; round++) {
    const promptIds = itemOfRound(prompts, round)
    const request = { prompt: { promptIds }, maxTokens: settings.maxTokens }
    const aad = timeDecode((await gateway.stream({ ...request, arm: aadArm })).arrivals)
    const greedy = await timeUnderLoad(gateway, load, promptIds, settings.maxTokens)
    const greedyPlain = timeDecode((await gateway.stream({ ...request, arm: greedyArm })).arrivals)
    speeds.aad.push(aad.tokensPerSecond)
    speeds.greedy.push(greedy.tokensPerSecond)
    speeds.greedyPlain.push(greedyPlain.tokensPerSecond)
  }
  const ratios = (others: readonly number[]) =>
    estimate(speeds.aad.map((speed, i) => speed / (others[i] ?? Number.NaN)))
  const perSecond = (name: string, values: readonly number[]) => `${name} ${median(values).toFixed(1)} tok/s`
  const aad = perSecond('AAD', speeds.aad)
  return {
    P1: { estimate: ratios(speeds.greedy), notes: [aad, perSecond('greedy', speeds.greedy)] },
    'P1-plain': { estimate: ratios(speeds.greedyPlain), notes: [aad, perSecond('greedy', speeds.greedyPlain)] },
  }
}

/** Times greedy decoding while the SFT service runs one forward per token, as in AAD. */
async function timeUnderLoad(
  gateway: GatewayClient,
  load: ServiceClient,
  promptIds: readonly number[],
  maxTokens: number,
) {
  const session = load.openSession()
  await session.append(promptIds)
  let forward: Promise<unknown> | null = null
  let failure: unknown = null
  const startForward = () => {
    if (forward !== null || failure !== null) return
    forward = session
      .append([promptIds.at(-1) ?? 1])
      .catch((error: unknown) => {
        failure = error
      })
      .finally(() => {
        forward = null
      })
  }
  const request = { prompt: { promptIds }, arm: greedyArm, maxTokens }
  const { arrivals } = await gateway.stream(request, startForward)
  await forward
  if (failure !== null) throw new Error('the load on the SFT service failed', { cause: failure })
  await session.close()
  return timeDecode(arrivals)
}
