import { ServiceError } from '../../errors.js'
import type { Engine } from '../engine.js'
import type { WorkOutcome } from '../work.js'
import type { HostMessage, WorkerMessage } from './messages.js'
import { Scheduler } from '../scheduler/scheduler.js'
import { SessionStore, type StoreLimits } from '../sessions/session-store.js'
import { mostDecodeTokens } from '../scheduler/next-batch.js'

export interface EngineSettings extends StoreLimits {
  /** Most requests that are not finished. */
  maxQueue: number
  /** Most decode steps of one run. */
  maxBatch: number
  /** Most prompts of one run; prompts are reused only where it is one. */
  maxPrompts: number
  /** Most tokens that one session brings to a run. */
  prefillChunk: number
  /**
   * Every run is one token of one session, so that a session's logits are the same bits whatever else is served, however its tokens
   * came, and after a replay. Prompts take as long as answers then.
   */
  strict: boolean
}

/** What the worker needs of its parentPort. */
export interface WorkerPort {
  postMessage(message: WorkerMessage, transfer?: ArrayBuffer[]): void
  on(event: 'message', listener: (message: HostMessage) => void): unknown
}

/** Buffers below this are cheaper copied than transferred. */
const leastTransferBytes = 4096

/** The worker's side: takes work from the port, gives it to the scheduler, posts what comes out. Returns a function that ends it. */
export function serveEngine(port: WorkerPort, engine: Engine, settings: EngineSettings): () => Promise<void> {
  const store = new SessionStore(engine, settings)
  const { prefillChunk, maxBatch, maxPrompts } = settings.strict
    ? { prefillChunk: 1, maxBatch: 1, maxPrompts: 1 }
    : settings
  // Whole chunks of a prompt run alone where they are larger than decode steps, and everything does where it is strict.
  const reusesPrefixes = settings.strict || (maxPrompts === 1 && prefillChunk > mostDecodeTokens)
  const scheduler = new Scheduler(
    { engine, store, prefillChunk, reusesPrefixes },
    { maxQueue: settings.maxQueue, maxBatch, maxPrompts },
  )
  const running = new Map<number, AbortController>()
  const sweeper = setInterval(() => store.sweep(), Math.min(Math.max(settings.ttlMs / 4, 10), 10_000))
  sweeper.unref()

  const run = async ({ id, work, sentAtMs }: Extract<HostMessage, { type: 'work-run' }>) => {
    const controller = new AbortController()
    running.set(id, controller)
    const outcome = await scheduler.submit(work, controller.signal, sentAtMs)
    running.delete(id)
    // Cancelled work has nobody who waits for it.
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
        running.get(message.id)?.abort(ServiceError.ofFailure(message.failure))
        return
      case 'sessions-close':
        void scheduler.submit(closing(message.sessionIds), new AbortController().signal, 0)
    }
  })
  port.postMessage({ type: 'engine-ready', description: describe(engine, settings) })
  return close
}

const describe = ({ description }: Engine, { strict }: EngineSettings) =>
  strict ? { ...description, name: `${description.name}, strict` } : description

const closing = (closeSessionIds: string[]) => ({ forks: [], reorder: null, steps: [], closeSessionIds })

/** The readouts' large arrays: each owns its buffer, so it can change threads without a copy. */
function largeBuffers(outcome: WorkOutcome): ArrayBuffer[] {
  const arrays = outcome.results.flatMap((result) =>
    result.rows.flatMap((row) =>
      row.scores.flatMap((s) => (s.tokenIds === null ? [s.logits] : [s.logits, s.tokenIds])),
    ),
  )
  return arrays
    .filter((array) => array.byteLength >= leastTransferBytes && array.byteLength === array.buffer.byteLength)
    .map((array) => array.buffer as ArrayBuffer)
}
