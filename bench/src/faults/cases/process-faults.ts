import { askDuring } from '../ask-during.js'
import { type Asked, askFirst } from '../asked.js'
import type { FaultCase, FaultResult, FaultSettings } from '../case.js'
import { FaultStack } from '../fault-stack.js'
import { ProcessFaults } from '../process-faults.js'
import { streamAnswer } from '../stream-answer.js'
import { Tally } from '../tally.js'

const blockMs = 1_000
const hourMs = 3_600_000
const kinds = 4
const maxTokens = 48
const [rounds, shortRounds] = [5, 1]

/** A stack with a way to cause faults inside its processes. */
interface FaultyStack {
  readonly stack: FaultStack
  readonly faults: ProcessFaults
  readonly asked: readonly Asked[]
  readonly tally: Tally
  readonly signal: AbortSignal
}

const processFaultCase = (
  { key, title, expected }: Pick<FaultCase, 'key' | 'title' | 'expected'>,
  run: (faulty: FaultyStack) => Promise<void>,
): FaultCase => ({
  key,
  title,
  expected,
  run: async ({ isShort, signal }: FaultSettings): Promise<FaultResult> => {
    const faults = await ProcessFaults.create()
    const stack = await FaultStack.start({ pair: 'tiny', replicas: 1, env: faults.env })
    try {
      const tally = new Tally()
      const asked = await askFirst(stack, { count: kinds, maxTokens }, signal)
      for (let i = 0; i < (isShort ? shortRounds : rounds); i++) await run({ stack, faults, asked, tally, signal })
      return tally.result(await stack.countLeaked())
    } finally {
      await stack.stop()
      await faults.close()
    }
  },
})

/** F15: processes that stand still or end by a bug. F16: clocks that jump. */
export const processFaultCases: readonly FaultCase[] = [
  processFaultCase(
    {
      key: 'F15',
      title: 'the event loop of each process is blocked for 1 s',
      expected: 'the same tokens, after a pause',
    },
    async ({ stack, faults, ...shared }) => {
      for (const { name, role, pid } of stack.processes) {
        const cause = () => faults.cause({ fault: 'block', value: blockMs }, [pid])
        await askDuring({ ...shared, url: stack.url, label: role === 'gateway' ? name : 'services', cause })
      }
    },
  ),
  processFaultCase(
    {
      key: 'F15-rejection',
      title: 'an unhandled rejection ends a service, then the gateway',
      expected:
        'of a service: the same tokens, after a pause; of the gateway: a broken connection, then the same tokens',
    },
    async (faulty) => {
      for (const { role } of faulty.stack.services) await rejectInService(faulty, role)
      await rejectInGateway(faulty)
    },
  ),
  processFaultCase(
    { key: 'F16', title: 'all clocks jump by an hour, forward and back', expected: 'the same tokens' },
    async ({ stack, faults, ...shared }) => {
      const pids = stack.processes.map(({ pid }) => pid)
      for (const [label, value] of [
        ['forward', hourMs] as const,
        ['back', 0] as const,
        ['an hour late', -hourMs] as const,
      ])
        await askDuring({
          ...shared,
          url: stack.url,
          label,
          cause: () => faults.cause({ fault: 'clock', value }, pids),
        })
    },
  ),
]

async function rejectInService({ stack, faults, ...shared }: FaultyStack, role: string): Promise<void> {
  await stack.waitUntilServing()
  const victim = stack.services.find((service) => service.role === role)
  if (victim === undefined) throw new Error(`no ${role} service serves`)
  const cause = async () => {
    stack.expectEnd(victim)
    await faults.cause({ fault: 'reject' }, [victim.pid])
  }
  await askDuring({ ...shared, url: stack.url, label: 'services', cause })
}

/** The gateway takes its answers with it. Clients send their requests again. */
async function rejectInGateway({ stack, faults, asked, tally, signal }: FaultyStack): Promise<void> {
  await stack.waitUntilServing()
  const gateway = stack.processes.find(({ role }) => role === 'gateway')
  if (gateway === undefined) throw new Error('no gateway serves')
  let startMs = 0
  const end = async () => {
    startMs = performance.now()
    stack.expectEnd(gateway)
    await faults.cause({ fault: 'reject' }, [gateway.pid])
  }
  let ended: Promise<void> | null = null
  const onTokens = () => {
    ended ??= end()
  }
  const broken = await Promise.all(asked.map(({ body }) => streamAnswer(stack.url, body, signal, onTokens)))
  await ended
  await stack.waitUntilServing()
  tally.addRecovery(performance.now() - startMs)
  const count = broken.filter(({ error }) => error !== null).length
  tally.note(`${count} of ${asked.length} connections broken by the end of the gateway`)
  for (const { body, expected } of asked)
    tally.addAnswer(expected, await streamAnswer(stack.url, body, signal), 'sent again to the next gateway')
}
