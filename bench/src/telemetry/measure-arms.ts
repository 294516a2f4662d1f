import { setTimeout as delay } from 'node:timers/promises'
import type { Bench } from '../case.js'
import { timeDecode } from '../client/decode-timing.js'
import { eagerAadArm } from '../client/gateway-client.js'
import { readThreadTimes, timeBetween } from '../measure/thread-times.js'
import { itemOfRound, readGoldenPrompts } from '../prompts.js'
import type { RunningStack } from '../stack/run-stack.js'
import { type ArmName, armNames, arms } from './arms.js'
import type { Stacks } from './stacks.js'

/** One answer of an arm. Times are in milliseconds. */
export interface Sample {
  readonly tokens: number
  readonly msPerToken: number
  /** Time from the request to its first token. */
  readonly firstTokenMs: number
  /** Processor time of the stack so far, without the engines, before and after the answer. */
  readonly ownMs: { readonly before: number; readonly after: number }
}

/** The answers of each arm, one for each round. */
export type Samples = Readonly<Record<ArmName, readonly Sample[]>>

/**
 * Tokens of an answer for one token of other cases, so that the cost of a request counts little.
 */
const lengthFactor = 2.5
/** Longer than the interval of the export of spans. */
const exportWaitMs = 1_300

/** Answers the same prompts with all arms in turn. */
export async function measureArms({ settings, context }: Bench, stacks: Stacks): Promise<Samples> {
  const rounds = Math.ceil(settings.rounds / 2)
  // Each stack has answered each prompt before, so all find it in their prefix cache.
  for (let round = 0; round < rounds; round++)
    for (const arm of armNames) await answer(stacks[arm], arm, round, settings.maxTokens)
  const samples = Object.fromEntries(armNames.map((arm) => [arm, [] as Sample[]])) as Record<ArmName, Sample[]>
  for (let round = 0; round < rounds; round++)
    // Each arm is first in turn: the first one of a round finds the caches of another prompt.
    for (let i = 0; i < armNames.length; i++) {
      const arm = itemOfRound(armNames, round + i)
      samples[arm].push(await measureOne(stacks[arm], arm, round, lengthFactor * settings.maxTokens, context.signal))
    }
  return samples
}

async function measureOne(
  stack: RunningStack,
  arm: ArmName,
  round: number,
  maxTokens: number,
  signal: AbortSignal,
): Promise<Sample> {
  const before = await readOwnTime(stack)
  const times = await answer(stack, arm, round, maxTokens)
  // A collector that works gets the spans of the answer within this time.
  if (arms[arm].hasSpans) await delay(exportWaitMs, undefined, { signal })
  return { ...times, tokens: maxTokens, ownMs: { before, after: await readOwnTime(stack) } }
}

async function answer({ gateway }: RunningStack, arm: ArmName, round: number, maxTokens: number) {
  const prompt = { promptIds: itemOfRound(readGoldenPrompts(), round) }
  const startMs = performance.now()
  const { arrivals } = await gateway.stream({ prompt, arm: eagerAadArm, maxTokens, headers: arms[arm].headers() })
  return { msPerToken: timeDecode(arrivals).msPerToken, firstTokenMs: (arrivals[0]?.atMs ?? Number.NaN) - startMs }
}

/** Returns the processor time of a stack so far, without the engines, in milliseconds. */
async function readOwnTime({ processes }: RunningStack): Promise<number> {
  const times = processes.map(async ({ name, pid }) => {
    const { mainMs, busiestMs, othersMs } = timeBetween(pid, new Map(), await readThreadTimes(pid))
    return mainMs + othersMs + (name === 'gateway' ? busiestMs : 0)
  })
  return (await Promise.all(times)).reduce((sum, ms) => sum + ms, 0)
}
