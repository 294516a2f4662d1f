import { createChatWorkload } from '../../load/chat-workload.js'
import { runLoad } from '../../load/run-load.js'
import { type ProcessState, readProcess } from '../../soak/read-process.js'
import { askAll } from '../ask-during.js'
import { askFirst } from '../asked.js'
import type { FaultCase, FaultResult, FaultSettings } from '../case.js'
import { FaultStack } from '../fault-stack.js'
import { Tally } from '../tally.js'

const shortForm = { measureMs: 4_000, rounds: 2 }
const longForm = { measureMs: 60_000, rounds: 10 }
const clients = 4
const decodings = [
  { strategy: 'aad' },
  { strategy: 'sample', seed: 1 },
  { strategy: 'aad-beam', width: 3 },
  { strategy: 'random-of-n', n: 3, seed: 1 },
  { strategy: 'formula', formula: 'dpo + 0.5*(dpo - sft)' },
]
const workload = { decodings, tokens: 24, abortShare: 0.3, abortWithinMs: 200, wholeShare: 0.3 }
const timeoutMs = 120_000
/** Growth from the end of the first round to the end of the last one. */
const allowed = { handles: 3, sockets: 3, threads: 1, rssShare: 0.25, rssMiB: 64 }

/** F17: a load with aborts. `npm run soak` also kills services, and draws series. */
export const soaked: readonly FaultCase[] = [
  {
    key: 'F17',
    title: 'a load of all kinds with aborts (10 minutes; 8 seconds in the short form)',
    expected: 'memory, handles, sockets, threads and sessions are as after the first round',
    run: async (settings) => {
      const stack = await FaultStack.start({ pair: 'tiny', replicas: 1 })
      try {
        return await soak(stack, settings)
      } finally {
        await stack.stop()
      }
    },
  },
]

async function soak(stack: FaultStack, { isShort, signal, log }: FaultSettings): Promise<FaultResult> {
  const { measureMs, rounds } = isShort ? shortForm : longForm
  const tally = new Tally()
  const asked = await askFirst(stack, { count: 4, maxTokens: workload.tokens }, signal)
  let leaked = 0
  let before: ReadonlyMap<string, ProcessState> | null = null
  for (let seed = 1; seed <= rounds; seed++) {
    const requestOf = createChatWorkload({ ...workload, model: stack.model, seed })
    const arrivals = { type: 'closed', clients, rampMs: 0 } as const
    const options = { url: stack.url, arrivals, requestOf, warmUpMs: 0, measureMs, timeoutMs, seed, signal }
    const { records } = await runLoad(options)
    for (const { outcome, error } of records) {
      const isFine = outcome === 'completed' || outcome === 'aborted'
      tally.add(isFine ? outcome : `${outcome}: ${error}`, isFine)
    }
    leaked += await stack.countLeaked()
    const states = await readStates(stack)
    log(JSON.stringify([...states]))
    before ??= states
    if (seed === rounds) judge(before, states, tally)
  }
  await askAll({ url: stack.url, asked, tally, label: 'afterwards', signal })
  return tally.result(leaked)
}

async function readStates(stack: FaultStack): Promise<ReadonlyMap<string, ProcessState>> {
  const states = new Map<string, ProcessState>()
  for (const { name, pid } of stack.processes) {
    const state = await readProcess(pid)
    if (state !== null) states.set(name, state)
  }
  return states
}

function judge(
  before: ReadonlyMap<string, ProcessState>,
  after: ReadonlyMap<string, ProcessState>,
  tally: Tally,
): void {
  for (const [name, first] of before) {
    const last = after.get(name)
    if (last === undefined) {
      tally.add(`${name} has ended`, false)
      continue
    }
    for (const measure of ['handles', 'sockets', 'threads'] as const) {
      const isFlat = last[measure] - first[measure] <= allowed[measure]
      tally.add(isFlat ? `${measure} flat` : `${name}: ${measure} ${first[measure]} -> ${last[measure]}`, isFlat)
    }
    const isFlat = last.rssMiB - first.rssMiB <= Math.max(allowed.rssMiB, allowed.rssShare * first.rssMiB)
    tally.add(isFlat ? 'RSS flat' : `${name}: RSS ${first.rssMiB} -> ${last.rssMiB} MiB`, isFlat)
  }
}
