import { type EncodeJob, type EncoderThread, runJob, sizeOfJob, type Text, TextError } from '../text/index.js'
import { SessionError } from './session-error.js'
import { Turns } from './concurrency-limit.js'

/** More characters than this are encoded in a thread: on the event loop they would hold up all other requests. */
const maxOnLoop = 4_096
/** Requests with long texts that may wait for the one in the thread. */
const maxWaiting = 64

/** Prompts to ids. */
export interface PromptEncoder {
  /**
   * The ids of each, in order.
   * @throws TextError as `Text`; SessionError where the signal ends the wait, or `exhausted` where too many wait
   */
  encode(jobs: readonly EncodeJob[], signal: AbortSignal): Promise<number[][]>
  close(): Promise<void>
}

/** @param thread has the same text; closed with the encoder */
export function createPromptEncoder(text: Text, thread: EncoderThread): PromptEncoder {
  const turns = new Turns({ maxConcurrent: 1, maxWaiting }, tooManyWait)
  const encodeLong = async (jobs: readonly EncodeJob[], signal: AbortSignal): Promise<number[][]> => {
    const leave = await turns.enter(signal)
    try {
      return await thread.run(jobs, signal)
    } catch (error) {
      if (signal.aborted && !(error instanceof TextError)) throw SessionError.ofSignal(signal)
      throw error
    } finally {
      leave()
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

const tooManyWait = () =>
  new SessionError('exhausted', `${maxWaiting} requests with long texts wait to be encoded already: try again later`)
