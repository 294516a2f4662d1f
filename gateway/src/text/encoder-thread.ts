import { Worker } from 'node:worker_threads'
import type { EncodeJob } from './encode-job.js'
import type { EncoderAnswer, TextSource } from './encoder-messages.js'
import { TextError } from './tokenizer/text-error.js'

/** Encodes in a worker thread, off the event loop. */
export interface EncoderThread {
  /**
   * Encodes jobs. Only one call may run at a time. The first call starts the thread, which takes as
   * long as `createText`; the thread stays.
   * @param signal ends the work and its thread, because nothing else can interrupt the encoding of
   *   a text
   * @throws TextError as `Text`; the signal's reason; Error if the thread fails
   */
  run(jobs: readonly EncodeJob[], signal: AbortSignal): Promise<number[][]>
  close(): Promise<void>
}

/**
 * Creates an encoder thread.
 * @param workerUrl URL of the built worker: a thread cannot run TypeScript
 */
export function createEncoderThread(
  source: TextSource,
  workerUrl = new URL('./encoder-worker.js', import.meta.url),
): EncoderThread {
  let worker: Worker | null = null
  const start = (): Worker => {
    const started = new Worker(workerUrl, { workerData: source })
    started.unref()
    // `ask` reports a failure to a waiting call. Without one, the next call starts another thread.
    const forget = () => {
      if (worker === started) worker = null
    }
    started.on('error', forget)
    started.on('exit', forget)
    return started
  }
  const close = async (): Promise<void> => {
    const ending = worker
    worker = null
    await ending?.terminate()
  }
  const run = async (jobs: readonly EncodeJob[], signal: AbortSignal): Promise<number[][]> => {
    signal.throwIfAborted()
    worker ??= start()
    try {
      return await ask(worker, jobs, signal)
    } catch (error) {
      if (!(error instanceof TextError)) await close()
      throw error
    }
  }
  return { run, close }
}

function ask(worker: Worker, jobs: readonly EncodeJob[], signal: AbortSignal): Promise<number[][]> {
  const over = new AbortController()
  const answer = new Promise<number[][]>((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`the thread that encodes long texts ${reason}`))
    const listeners = {
      message: (message: EncoderAnswer) => {
        if (message.type === 'encoded') resolve(message.ids)
        else if (message.code === null) fail(`failed: ${message.message}`)
        else reject(new TextError(message.code, message.message))
      },
      error: (error: Error) => fail(`failed: ${error.message}`),
      exit: (code: number) => fail(`ended with code ${code}`),
    }
    for (const [event, listener] of Object.entries(listeners)) {
      worker.on(event, listener)
      over.signal.addEventListener('abort', () => worker.off(event, listener))
    }
    signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: over.signal })
    worker.postMessage(jobs)
  })
  return answer.finally(() => over.abort())
}
