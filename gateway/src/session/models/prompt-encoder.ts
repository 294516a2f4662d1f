import { type EncodeJob, type EncoderThread, runJob, sizeOfJob, type Text, TextError } from '../../text/index.js'
import { SessionError } from '../contract/session-error.js'
import { ConcurrencyLimit } from '../waiting/concurrency-limit.js'

/**
 * Longer texts, in characters, are encoded in a thread. On the event loop
 * they would delay all other requests.
 */
const maxOnLoop = 4_096
/** Maximum requests with long texts that wait for the thread. */
const maxWaiting = 64

/** Encodes prompts to token ids. */
export interface PromptEncoder {
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
  const limit = new ConcurrencyLimit({ maxConcurrent: 1, maxWaiting }, queueFull)
  const encodeLong = async (jobs: readonly EncodeJob[], signal: AbortSignal): Promise<number[][]> => {
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
    encode: async (jobs, signal) => {
      const size = jobs.reduce((sum, job) => sum + sizeOfJob(job), 0)
      return size > maxOnLoop ? encodeLong(jobs, signal) : jobs.map((job) => runJob(text, job))
    },
    close: () => thread.close(),
  }
}

const queueFull = () =>
  new SessionError('exhausted', `the queue for long texts is full: ${maxWaiting} requests are waiting. Retry later`)
