import { askDuring } from '../ask-during.js'
import { askFirst } from '../asked.js'
import type { FaultCase, FaultSettings } from '../case.js'
import { type PairAddresses, ServiceStack } from '../service-stack.js'
import { Tally } from '../tally.js'
import { type Direction, TcpProxy } from '../tcp-proxy.js'

const directions: readonly Direction[] = ['to the service', 'to the gateway']
const hangMs = '1000'
const kinds = 6
const maxTokens = 48
const [rounds, shortRounds] = [10, 1]

/** F13: the network between the gateway and one of two replicas is broken one way. */
export const partitioned: readonly FaultCase[] = [
  {
    key: 'F13-partition',
    title: 'bytes to, or from, one of two replicas of each model are lost in the network; hang_ms is 1 s',
    expected: 'the same tokens, after a pause of about hang_ms',
    run: async (settings) => {
      const proxies: TcpProxy[] = []
      const throughProxy = async ([one = '', ...others]: readonly string[]) => {
        const proxy = await TcpProxy.start(one)
        proxies.push(proxy)
        return [proxy.address, ...others]
      }
      const addressesFor = async ({ sft, dpo }: PairAddresses) => ({
        sft: await throughProxy(sft),
        dpo: await throughProxy(dpo),
      })
      const stack = await ServiceStack.start({ replicas: 2, addressesFor, gatewayEnv: { TANDEM_HANG_MS: hangMs } })
      try {
        return await breakNetwork(stack, proxies, settings)
      } finally {
        await stack.stop()
        for (const proxy of proxies) proxy.close()
      }
    },
  },
]

async function breakNetwork(stack: ServiceStack, proxies: readonly TcpProxy[], { isShort, signal }: FaultSettings) {
  const tally = new Tally()
  await stack.waitUntilServing()
  const asked = await askFirst(stack, { count: kinds, maxTokens }, signal)
  for (let round = 0; round < (isShort ? shortRounds : rounds); round++)
    for (const direction of directions) {
      await stack.waitUntilServing()
      const cause = async () => {
        for (const proxy of proxies) proxy.hold(direction)
      }
      await askDuring({ url: stack.url, asked, tally, label: direction, signal, cause })
      for (const proxy of proxies) proxy.release()
    }
  await stack.waitUntilServing()
  return tally.result(await stack.countLeaked())
}
