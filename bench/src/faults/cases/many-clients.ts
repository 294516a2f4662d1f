import { askAll } from '../ask-during.js'
import { askFirst } from '../asked.js'
import type { FaultCase } from '../case.js'
import { ServiceStack } from '../service-stack.js'
import { streamAnswer } from '../stream-answer.js'
import { Tally } from '../tally.js'

const [clients, shortClients] = [1_000, 100]
const maxTokens = 8

/** F18: many clients at once. */
export const manyClients: readonly FaultCase[] = [
  {
    key: 'F18',
    title:
      '1,000 clients connect and ask at once (100 in the short form), just after the gateway was killed and started',
    expected: '200 with the same tokens, or 429; then it answers as before',
    run: async ({ isShort, signal }) => {
      const stack = await ServiceStack.start({ gatewayEnv: { TANDEM_MAX_WAITING: '32' } })
      try {
        const tally = new Tally()
        const asked = await askFirst(stack, { count: 4, maxTokens }, signal)
        await stack.gateways[0]?.end('SIGKILL')
        await stack.gateways[0]?.startAgain()
        const requests = Array.from({ length: isShort ? shortClients : clients }, async (_, i) => {
          const one = asked[i % asked.length]
          if (one === undefined) return
          const found = await streamAnswer(stack.url, one.body, signal)
          if (found.error?.startsWith('status 429')) tally.add('429', true)
          else tally.addAnswer(one.expected, found)
        })
        await Promise.all(requests)
        await askAll({ url: stack.url, asked, tally, label: 'afterwards', signal })
        return tally.result(await stack.countLeaked())
      } finally {
        await stack.stop()
      }
    },
  },
]
