/**
 * Runs the stack under a constant load with aborts and kills, and judges whether it stays flat.
 * `npm run soak -- --help` lists the options.
 */
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { runCommand } from '@tandem/cli'
import { freePort, startTandemUp, type TandemUp } from '@tandem/test'
import { createChatWorkload } from '../load/chat-workload.js'
import { loadTable } from '../load/load-table.js'
import { runLoad } from '../load/run-load.js'
import { summarizeLoad } from '../load/summarize-load.js'
import { killServices } from './kill-services.js'
import { SoakProgress } from './progress.js'
import { readSessions } from './read-sessions.js'
import { SoakSeries, verdictTable } from './series.js'
import { parseSoakArguments, type SoakArguments, usage } from './soak-arguments.js'
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
/** A gateway and at most this number of services serve metrics on consecutive ports. */
const maxServices = 3
const noLevel = { firstTokenMs: Number.POSITIVE_INFINITY, perTokenMs: Number.POSITIVE_INFINITY }

await runCommand(async ({ signal }) => {
  const args = parseSoakArguments(process.argv.slice(2))
  if (args.asksHelp) {
    console.log(usage)
    return
  }
  const port = await freePort()
  const up = await startTandemUp(['--metrics', `127.0.0.1:${port}`], {})
  const metrics = Array.from({ length: maxServices }, (_, i) => `http://127.0.0.1:${port + 1 + i}/metrics`)
  try {
    await soak(args, up, metrics, signal)
  } finally {
    const exited = once(up.process, 'exit')
    up.process.kill('SIGTERM')
    await exited
  }
}, false)

async function soak(args: SoakArguments, up: TandemUp, metrics: readonly string[], signal: AbortSignal): Promise<void> {
  const series = new SoakSeries()
  const progress = new SoakProgress()
  const beginning = performance.now()
  const seconds = () => (performance.now() - beginning) / 1000
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  const onKill = () => {
    progress.kills++
  }
  const kills = killServices({ up, killEvery: args.killEvery, seed: args.seed, onKill, signal: either })
  const samples = sampleUntil(either, args.interval, async () => {
    await series.sample(seconds(), await findProcesses(up), await readSessions(metrics))
    console.log(`${seconds().toFixed(0)} s: ${JSON.stringify({ kills: progress.kills, ...progress.counts })}`)
  })
  const measureMs = 60_000 * args.minutes
  const { clients, tokens, abortShare, seed } = args
  const requestOf = createChatWorkload({
    model: up.model,
    decodings,
    tokens,
    abortShare,
    abortWithinMs,
    wholeShare,
    seed,
  })
  const loaded = await runLoad(
    {
      url: up.url,
      arrivals: { type: 'closed', clients, rampMs: 0 },
      requestOf,
      warmUpMs: 0,
      measureMs,
      timeoutMs,
      seed,
      signal,
    },
    (record) => progress.add(record),
  )
  over.abort()
  await Promise.all([kills, samples])
  const leaked = await sessionsLeft(metrics)
  const verdicts = series.verdicts((warmUpShare * measureMs) / 1000)
  const summary = summarizeLoad(loaded, noLevel)
  console.log(`\n${verdictTable(verdicts)}\n\n${loadTable([[`${clients} clients`, summary]])}\n`)
  for (const [error, count] of progress.errors) console.log(`${count} times: ${error}`)
  const isFlat = verdicts.every((verdict) => verdict.isFlat) && leaked === 0
  console.log(`${progress.kills} kills, ${leaked} sessions left at the end: ${isFlat ? 'flat' : 'not flat'}`)
  const { json, ...settings } = args
  if (json !== null)
    await writeFile(json, `${JSON.stringify({ settings, verdicts, leaked, summary, series, date: new Date() })}\n`)
  if (!isFlat) process.exitCode = 1
}

/** Takes a sample at each interval until the signal aborts. @param interval in seconds */
async function sampleUntil(signal: AbortSignal, interval: number, sample: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await sample()
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
