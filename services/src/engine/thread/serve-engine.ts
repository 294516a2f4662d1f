import { ServiceError } from '../../errors.js'
import type { Engine } from '../engine.js'
import type { EngineStats } from '../engine-stats.js'
import { maxDecodeTokens } from '../scheduler/next-batch.js'
import { Scheduler } from '../scheduler/scheduler.js'
import { SessionStore } from '../sessions/session-store.js'
import type { StoreLimits } from '../sessions/store-limits.js'
import type { Work, WorkOutcome } from '../work.js'
import type { HostMessage, WorkerMessage } from './messages.js'

/** Limits of the scheduler and of the session store. */
export interface EngineSettings extends StoreLimits {
  /** Maximum number of unfinished jobs. */
  readonly maxQueue: number
  /** Maximum number of decode steps per batch. */
  readonly maxBatch: number
  /** Maximum number of prompts per batch. Prompts are reused only if it is 1. */
  readonly maxPrompts: number
  /** Maximum number of tokens of one session per run. */
  readonly prefillChunk: number
  /**
   * Runs one token of one session at a time. A session's logits are then the same bits, whatever
   * else is served, however its tokens were chunked, and after a replay. Prompts are then as slow
   * as answers.
   */
  readonly strict: boolean
}

/** The part of a worker's parentPort that the worker uses. */
export interface WorkerPort {
  postMessage(message: WorkerMessage, transfer?: ArrayBuffer[]): void
  on(event: 'message', listener: (message: HostMessage) => void): unknown
}

/** Smaller buffers are cheaper to copy than to transfer. */
const minTransferBytes = 4096

/**
 * Serves an engine over a port: receives work, submits it to the scheduler, and posts the outcomes.
 * @param stats written as the engine works
 * @returns a function that stops it
 */
export function serveEngine(
  port: WorkerPort,
  engine: Engine,
  settings: EngineSettings,
  stats: EngineStats,
): () => Promise<void> {
  const store = new SessionStore(engine, settings)
  stats.set('sessionLimit', settings.maxSessions)
  stats.set('kvLimit', settings.maxBytes)
  const { prefillChunk, maxBatch, maxPrompts } = settings.strict
    ? { prefillChunk: 1, maxBatch: 1, maxPrompts: 1 }
    : settings
  // A prompt's whole chunks run in runs of their own if they are larger than decode steps, and
  // always in strict mode.
  const reusesPrefixes = settings.strict || (maxPrompts === 1 && prefillChunk > maxDecodeTokens)
  const scheduler = new Scheduler(
    { engine, store, prefillChunk, reusesPrefixes },
    { maxQueue: settings.maxQueue, maxBatch, maxPrompts },
    stats,
  )
  const running = new Map<number, AbortController>()
  const sweep = () => {
    store.sweep()
    store.writeStats(stats)
  }
  const sweeper = setInterval(sweep, Math.min(Math.max(settings.ttlMs / 4, 10), 10_000))
  sweeper.unref()

  const run = async ({ id, work, sentAtMs }: Extract<HostMessage, { type: 'work-run' }>) => {
    const controller = new AbortController()
    running.set(id, controller)
    const outcome = await scheduler.submit(work, controller.signal, sentAtMs)
    running.delete(id)
    // The host does not wait for cancelled work.
    if (!controller.signal.aborted) port.postMessage({ type: 'work-done', id, outcome }, largeBuffers(outcome))
  }

  const close = async () => {
    clearInterval(sweeper)
    scheduler.stop()
    await engine.close()
  }

  port.on('message', (message) => {
    switch (message.type) {
      case 'work-run':
        void run(message)
        return
      case 'work-cancel':
        running.get(message.id)?.abort(ServiceError.fromFailure(message.failure))
        return
      case 'sessions-close':
        void scheduler.submit(closeWork(message.sessionIds), new AbortController().signal, 0)
    }
  })
  port.postMessage({ type: 'engine-ready', description: describe(engine, settings) })
  return close
}

const describe = ({ description }: Engine, { strict }: EngineSettings) =>
  strict ? { ...description, name: `${description.name}, strict` } : description

const closeWork = (closeSessionIds: readonly string[]): Work => ({
  forks: [],
  reorder: null,
  steps: [],
  closeSessionIds,
})

/** Large arrays of the readouts. Each owns its buffer, so it can change threads without a copy. */
function largeBuffers(outcome: WorkOutcome): ArrayBuffer[] {
  const arrays = outcome.results.flatMap((result) =>
    result.rows.flatMap((row) =>
      row.scores.flatMap((s) => (s.tokenIds === null ? [s.logits] : [s.logits, s.tokenIds])),
    ),
  )
  return arrays
    .filter((array) => array.byteLength >= minTransferBytes && array.byteLength === array.buffer.byteLength)
    .map((array) => array.buffer as ArrayBuffer)
}
