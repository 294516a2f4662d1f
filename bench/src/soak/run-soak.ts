import { setTimeout as delay } from 'node:timers/promises'
import { withTimeout } from '@tandem/process'
import type { TandemUp } from '@tandem/test'
import { createChatWorkload } from '../load/chat-workload.js'
import { type LoadOptions, runLoad } from '../load/run-load.js'
import { type LoadSummary, summarizeLoad } from '../load/summarize-load.js'
import { killServices } from './kill-services.js'
import { SoakProgress } from './progress.js'
import { readSessions } from './read-sessions.js'
import { SoakSeries, type Verdict } from './series.js'
import type { SoakArguments } from './soak-arguments.js'
import { findProcesses } from './stack-processes.js'

const decodings = [
  { strategy: 'aad' },
  { strategy: 'aad', temperature: 0.8 },
  { strategy: 'greedy-dpo' },
  { strategy: 'eft' },
  { strategy: 'sample', seed: 1 },
  { strategy: 'beam', width: 3 },
  { strategy: 'aad-beam', width: 3 },
  { strategy: 'best-of-n', n: 3, seed: 1 },
  { strategy: 'formula', formula: 'dpo + 0.5*(dpo - sft)' },
]
const wholeShare = 0.3
/** About the time of an answer: clients go away in the queue, in the prompt and in the answer. */
const abortWithinMs = 4_000
/** The share of the run that is not judged: caches fill and code is compiled. */
const warmUpShare = 0.3
const timeoutMs = 120_000
/** Sessions of an answer that has ended are closed within this time. */
const closeLimitMs = 5_000
const noLevel = { firstTokenMs: Number.POSITIVE_INFINITY, perTokenMs: Number.POSITIVE_INFINITY }

/** A running stack. */
export interface SoakStack {
  readonly up: TandemUp
  /** URLs of the metrics of its services. */
  readonly metrics: readonly string[]
}

/** What a soak found. */
export interface SoakResult {
  readonly verdicts: readonly Verdict[]
  readonly summary: LoadSummary
  readonly progress: SoakProgress
  readonly series: SoakSeries
  /** Sessions that were open after the last answer. */
  readonly leaked: number
}

/** Runs a stack under load, kills its services, and samples its processes. */
export async function runSoak(args: SoakArguments, stack: SoakStack, signal: AbortSignal): Promise<SoakResult> {
  const [series, progress, over] = [new SoakSeries(), new SoakProgress(), new AbortController()]
  const either = AbortSignal.any([signal, over.signal])
  const samples = sampleUntil(either, args.interval, stack, series, progress)
  // The last answers are not killed: the run would not end.
  const killsOver = withTimeout(60_000 * args.minutes, either)
  const onKill = () => void progress.kills++
  const kills = killServices({ up: stack.up, killEvery: args.killEvery, seed: args.seed, onKill, signal: killsOver })
  const loaded = await runLoad(loadOf(args, stack.up, signal), (record) => progress.add(record))
  over.abort()
  await Promise.all([kills, samples])
  const verdicts = series.verdicts(warmUpShare * 60 * args.minutes)
  const leaked = await sessionsLeft(stack.metrics)
  return { verdicts, summary: summarizeLoad(loaded, noLevel), progress, series, leaked }
}

const loadOf = (
  { clients, tokens, abortShare, seed, minutes }: SoakArguments,
  { url, model }: TandemUp,
  signal: AbortSignal,
): LoadOptions => ({
  url,
  arrivals: { type: 'closed', clients, rampMs: 0 },
  requestOf: createChatWorkload({ model, decodings, tokens, abortShare, abortWithinMs, wholeShare, seed }),
  warmUpMs: 0,
  measureMs: 60_000 * minutes,
  timeoutMs,
  seed,
  signal,
})

/** Takes a sample at each interval until the signal aborts. @param interval in seconds */
async function sampleUntil(
  signal: AbortSignal,
  interval: number,
  { up, metrics }: SoakStack,
  series: SoakSeries,
  progress: SoakProgress,
): Promise<void> {
  const beginning = performance.now()
  while (!signal.aborted) {
    const seconds = (performance.now() - beginning) / 1000
    const sessions = await readSessions(metrics)
    await series.sample(seconds, await findProcesses(up), sessions)
    console.log(`${seconds.toFixed(0)} s: ${JSON.stringify({ sessions, kills: progress.kills, ...progress.counts })}`)
    await delay(1000 * interval, undefined, { signal }).catch(() => undefined)
  }
}

/** Returns the sessions that are still open some time after the last answer. */
async function sessionsLeft(metrics: readonly string[]): Promise<number> {
  const end = performance.now() + closeLimitMs
  for (;;) {
    const sessions = await readSessions(metrics)
    if (sessions === 0 || performance.now() > end) return sessions
    await delay(200)
  }
}
