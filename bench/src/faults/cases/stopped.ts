import type { FaultCase, FaultResult, FaultSettings } from '../case.js'
import { FaultStack } from '../fault-stack.js'
import { runKills } from '../kill-run.js'
import { askWhole } from '../whole-answer.js'

const seed = 4
const shortAnswers = 4
const maxTokens = 32
const hangMs = 1_500
const env = { TANDEM_HANG_MS: `${hangMs}` }
const pairOf = ({ isShort }: FaultSettings) => (isShort ? 'tiny' : 'embedded')

interface Stops {
  readonly replicas: number
  /** When the service continues; null: when all answers have ended. */
  readonly continueMs: number | null
  /** Number of answers of the long form. */
  readonly answers: number
}

function stopCase(key: string, what: string, { replicas, continueMs, answers }: Stops): FaultCase {
  return {
    key,
    title: `SIGSTOP of a random service at a random token, ${what}`,
    expected: 'the same tokens, with a pause',
    run: async (settings) => {
      const stack = await FaultStack.start({ pair: pairOf(settings), replicas, env })
      try {
        return await runKills({
          ...settings,
          stack,
          harm: { kind: 'stopped', continueMs },
          answers: settings.isShort ? shortAnswers : answers,
          maxTokens,
          seed,
        })
      } finally {
        await stack.stop()
      }
    },
  }
}

const replayTimeoutMs = 1_000
const refusal = /^503 service_unavailable: .* is unavailable: it does not respond/

/** Stops a service for longer than requests wait for one. */
const stoppedForLong: FaultCase = {
  key: 'F4-long',
  title: 'SIGSTOP of the only service of a model, for longer than requests wait',
  expected: '503 that names the service; after SIGCONT the same tokens',
  run: async (settings) => {
    const limits = { ...env, TANDEM_REPLAY_TIMEOUT_MS: `${replayTimeoutMs}` }
    const stack = await FaultStack.start({ pair: pairOf(settings), replicas: 1, env: limits })
    try {
      return await stopForLong(stack, settings)
    } finally {
      await stack.stop()
    }
  },
}

async function stopForLong(stack: FaultStack, { isShort, signal, log }: FaultSettings): Promise<FaultResult> {
  const seen = new Map<string, number>()
  const recoveryMs: number[] = []
  const tries = isShort ? 2 : 10
  const [prompt] = stack.prompts
  const body = { model: stack.model, prompt, max_tokens: maxTokens, ignore_eos: true, decoding: { path: 'plain' } }
  const before = await askWhole(stack.url, body, signal)
  let survived = 0
  for (let i = 0; i < tries; i++) {
    const victim = stack.services[i % stack.services.length]
    if (victim === undefined) throw new Error('found no service: expected one of each model')
    stack.kill(victim, 'SIGSTOP')
    const during = await askWhole(stack.url, body, signal)
    stack.kill(victim, 'SIGCONT')
    const continuedMs = performance.now()
    await stack.waitUntilServing()
    const after = await askWhole(stack.url, body, signal)
    recoveryMs.push(performance.now() - continuedMs)
    const what = refusal.test(during) ? '503 that names the service' : during
    const then = after === before ? 'then the same tokens' : `then ${after}`
    if (refusal.test(during) && after === before) survived++
    seen.set(`${what}, ${then}`, (seen.get(`${what}, ${then}`) ?? 0) + 1)
    log(`${victim.name}: ${what}, ${then}`)
  }
  return { tried: tries, survived, seen, leaked: await stack.countLeaked(), recoveryMs }
}

/** F4: services hang, and their connections stay open. */
export const stopped: readonly FaultCase[] = [
  stopCase('F4', 'two replicas', { replicas: 2, continueMs: null, answers: 16 }),
  stopCase('F4-one', 'one replica, SIGCONT after twice the hang time', {
    replicas: 1,
    continueMs: 2 * hangMs,
    answers: 16,
  }),
  // `tandem up` starts the service again after half a minute.
  stopCase('F4-hung', 'one replica, no SIGCONT', { replicas: 1, continueMs: null, answers: 16 }),
  stoppedForLong,
]
