import { askFirst } from '../asked.js'
import type { FaultCase, FaultResult, FaultSettings } from '../case.js'
import type { ServerProcess } from '../server-process.js'
import { ServiceStack } from '../service-stack.js'
import { SteadyLoad } from '../steady-load.js'
import { Tally } from '../tally.js'

/** Longer than any answer of the load, so that gateways can finish theirs. */
const drainMs = '120000'
/** Longer than the time in which clients learn that a gateway is not ready. */
const drainDelayMs = '1000'
const shortForm = { pair: 'tiny', rounds: 1, clients: 3, kinds: 4, maxTokens: 32 } as const
const longForm = { pair: 'embedded', rounds: 3, clients: 6, kinds: 16, maxTokens: 32 } as const

/** F8: all processes are restarted, one after another. */
export const rolled: readonly FaultCase[] = [
  {
    key: 'F8',
    title: 'rolling restart of services and gateways under constant load',
    expected: 'the same tokens; clients ask the other gateway if one is not ready',
    run: async (settings) => {
      const { pair } = settings.isShort ? shortForm : longForm
      const env = { TANDEM_DRAIN_MS: drainMs }
      const gatewayEnv = { TANDEM_DRAIN_DELAY_MS: drainDelayMs }
      const stack = await ServiceStack.start({ pair, replicas: 2, gateways: 2, env, gatewayEnv })
      try {
        return await rollAll(stack, settings)
      } finally {
        await stack.stop()
      }
    },
  },
]

async function rollAll(stack: ServiceStack, { isShort, signal, log }: FaultSettings): Promise<FaultResult> {
  const { rounds, clients, kinds, maxTokens } = isShort ? shortForm : longForm
  const tally = new Tally()
  await stack.waitUntilServing()
  const asked = await askFirst(stack, { count: kinds, maxTokens }, signal)
  let tier = 'services'
  const load = new SteadyLoad({
    urls: stack.gateways.map(({ address }) => address),
    asked,
    clients,
    signal,
    onAnswer: ({ expected }, found) => tally.addAnswer(expected, found, tier),
  })
  for (let round = 0; round < rounds; round++)
    for (const server of [...stack.services, ...stack.gateways]) {
      tier = server.name.startsWith('gateway') ? 'gateways' : 'services'
      const end = await restart(stack, server)
      log(`${server.name}: ${end}`)
      tally.add(end, end === 'exit code 0')
    }
  await load.stop()
  tally.note(`${load.switches} requests refused and sent to the other gateway`)
  return tally.result(await stack.countLeaked())
}

/** Restarts a process as a rolling update does: only while all others are ready. */
async function restart(stack: ServiceStack, server: ServerProcess): Promise<string> {
  await stack.waitUntilServing()
  const end = await server.end('SIGTERM')
  await server.startAgain()
  return end
}
