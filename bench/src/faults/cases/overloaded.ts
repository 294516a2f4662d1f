import type { Arrivals } from '../../load/arrivals.js'
import { createChatWorkload } from '../../load/chat-workload.js'
import { runLoad } from '../../load/run-load.js'
import { type LoadSummary, summarizeLoad } from '../../load/summarize-load.js'
import { findSaturation, judgeOverload, type NamedLoad } from '../../overload/judge-overload.js'
import { askAll } from '../ask-during.js'
import { askFirst } from '../asked.js'
import type { FaultCase, FaultResult, FaultSettings } from '../case.js'
import { ServiceStack } from '../service-stack.js'
import { Tally } from '../tally.js'

const shortForm = {
  pair: 'tiny',
  sweepMs: 1_500,
  overloadMs: 3_000,
  level: { firstTokenMs: 1e9, perTokenMs: 1e9 },
} as const
const longForm = {
  pair: 'embedded',
  sweepMs: 12_000,
  overloadMs: 30_000,
  level: { firstTokenMs: 10_000, perTokenMs: 500 },
} as const
const tokens = 16
const sweepClients = [2, 4]
const overloadFactor = 5
const warmUpShare = 0.3
const timeoutMs = 120_000
const maxOpen = 10_000
const seed = 1

/** F11: five times the load that saturates the stack. */
export const overloaded: readonly FaultCase[] = [
  {
    key: 'F11',
    title: 'five times the load that saturates the stack',
    expected: '200 and 429 with Retry-After only; goodput stays at 0.9 of its peak or more (judged in the long form)',
    run: async (settings) => {
      const { pair } = settings.isShort ? shortForm : longForm
      const stack = await ServiceStack.start({
        pair,
        gatewayEnv: { TANDEM_MAX_CONCURRENT: '4', TANDEM_MAX_WAITING: '8' },
      })
      try {
        return await overload(stack, settings)
      } finally {
        await stack.stop()
      }
    },
  },
]

async function overload(stack: ServiceStack, { isShort, signal, log }: FaultSettings): Promise<FaultResult> {
  const { sweepMs, overloadMs, level } = isShort ? shortForm : longForm
  const tally = new Tally()
  const asked = await askFirst(stack, { count: 4, maxTokens: tokens }, signal)
  const load = async (arrivals: Arrivals, measureMs: number): Promise<LoadSummary> => {
    const workload = { model: stack.model, decodings: [], tokens, abortShare: 0, abortWithinMs: 0, wholeShare: 0, seed }
    const requestOf = createChatWorkload(workload)
    const warmUpMs = warmUpShare * measureMs
    const options = { url: stack.url, arrivals, requestOf, warmUpMs, measureMs, timeoutMs, seed, signal }
    return summarizeLoad(await runLoad(options), level)
  }
  const sweep: NamedLoad[] = []
  for (const clients of sweepClients)
    sweep.push([`${clients} clients`, await load({ type: 'closed', clients, rampMs: warmUpShare * sweepMs }, sweepMs)])
  const perSecond = overloadFactor * findSaturation(sweep)
  log(`${perSecond.toFixed(1)} arrivals/s`)
  const found = await load({ type: 'open', perSecond, maxOpen }, overloadMs)
  for (const { what, found: value, holds } of judgeOverload(sweep, found)) {
    // The short form runs on machines that do other work meanwhile: rates mean nothing there.
    if (isShort && what.startsWith('goodput')) continue
    tally.note(`${what}: ${value}`)
    tally.add(holds ? 'requirement met' : `not met: ${what}`, holds)
  }
  for (const [status, count] of Object.entries(found.statuses)) tally.note(`${status}: ${count}`)
  await askAll({ url: stack.url, asked, tally, label: 'afterwards', signal })
  return tally.result(await stack.countLeaked())
}
