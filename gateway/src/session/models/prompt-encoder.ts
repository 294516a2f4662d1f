import {
  type EncodeJob,
  type EncoderThread,
  isTooMuchWork,
  runJob,
  sizeOfJob,
  type Text,
  TextError,
} from '../../text/index.js'
import { SessionError } from '../contract/session-error.js'
import { type ConcurrencyBounds, ConcurrencyLimit } from '../waiting/concurrency-limit.js'

/**
 * Longer texts, in characters, are encoded in a thread. On the event loop
 * they would delay all other requests.
 */
const maxOnLoop = 4_096
/**
 * Work of a short conversation on the event loop, in units of about a nanosecond. If its template
 * takes more, it begins again in the thread, where a rendering may take 100 times as much.
 */
const maxWorkOnLoop = 10_000_000
/** Texts up to this length do not wait for a slot behind longer ones. */
const maxMedium = 65_536
/** Long texts are few at once, because each needs memory while it is encoded. */
const mediumBounds = { maxConcurrent: 16, maxWaiting: 64 }
const longBounds = { maxConcurrent: 4, maxWaiting: 64 }

/** Encodes prompts to token ids. */
export interface PromptEncoder {
  /** Starts the thread for long texts, so that the first one need not wait for it. */
  prepare(): void
  /**
   * Returns the ids of each text, in order.
   * @throws TextError as `Text` does; SessionError if the signal ends the wait,
   * or `exhausted` if the queue is full
   */
  encode(jobs: readonly EncodeJob[], signal: AbortSignal): Promise<number[][]>
  close(): Promise<void>
}

/** Creates an encoder. @param thread has the same text; it is closed with the encoder */
export function createPromptEncoder(text: Text, thread: EncoderThread): PromptEncoder {
  const medium = new ConcurrencyLimit(mediumBounds, queueFull)
  const long = new ConcurrencyLimit(longBounds, queueFull)
  const encodeInThread = async (limit: ConcurrencyLimit, jobs: readonly EncodeJob[], signal: AbortSignal) => {
    const release = await limit.acquire(signal)
    try {
      return await thread.run(jobs, signal)
    } catch (error) {
      if (signal.aborted && !(error instanceof TextError)) throw SessionError.ofSignal(signal)
      throw error
    } finally {
      release()
    }
  }
  return {
    prepare: () => thread.prepare(),
    encode: async (jobs, signal) => {
      const size = jobs.reduce((sum, job) => sum + sizeOfJob(job), 0)
      const ids = size <= maxOnLoop ? encodeOnLoop(text, jobs) : null
      if (ids !== null) return ids
      return encodeInThread(size <= maxMedium ? medium : long, jobs, signal)
    },
    close: () => thread.close(),
  }
}

/** Returns null if a conversation takes too much work. */
function encodeOnLoop(text: Text, jobs: readonly EncodeJob[]): number[][] | null {
  try {
    return jobs.map((job) => runJob(text, limitWork(job)))
  } catch (error) {
    if (isTooMuchWork(error)) return null
    throw error
  }
}

function limitWork(job: EncodeJob): EncodeJob {
  return job.type === 'text' ? job : { ...job, options: { ...job.options, maxWork: maxWorkOnLoop } }
}

const queueFull = ({ maxWaiting }: ConcurrencyBounds) =>
  new SessionError('exhausted', `the queue for long texts is full: ${maxWaiting} requests are waiting. Retry later`)
