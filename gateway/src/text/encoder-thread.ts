import { Worker } from 'node:worker_threads'
import type { EncodeJob } from './encode-job.js'
import type { EncoderAnswer, EncoderRequest, TextSource } from './encoder-messages.js'
import { TextError } from './tokenizer/text-error.js'

/** The built worker: a thread cannot run TypeScript. */
const builtWorker = new URL('../../dist/text/encoder-worker.js', import.meta.url)

/** Encodes in a worker thread, off the event loop. */
export interface EncoderThread {
  /** Starts the thread, which takes as long as `createText`, before the first call needs it. */
  prepare(): void
  /**
   * Encodes jobs. Calls share the thread by turns of some milliseconds, so that a long text delays
   * no short one. The first call starts the thread, unless `prepare` did.
   * @throws TextError as `Text`; the signal's reason; Error if the thread fails
   */
  run(jobs: readonly EncodeJob[], signal: AbortSignal): Promise<number[][]>
  close(): Promise<void>
}

/** Options of a thread that tests change. */
export interface EncoderThreadOptions {
  /** URL of the worker's program. */
  readonly workerUrl?: URL
  /**
   * Time in which the thread must answer that it dropped a cancelled call. A thread that does not
   * is caught in one step, such as an endless search of an expression, and is replaced.
   */
  readonly cancelLimitMs?: number
}

interface Call {
  readonly jobs: readonly EncodeJob[]
  readonly resolve: (ids: number[][]) => void
  readonly reject: (reason: unknown) => void
}

/** Creates an encoder thread. */
export function createEncoderThread(source: TextSource, options: EncoderThreadOptions = {}): EncoderThread {
  const { workerUrl = builtWorker, cancelLimitMs = 2_000 } = options
  return new SharedThread(source, workerUrl, cancelLimitMs)
}

class SharedThread implements EncoderThread {
  private readonly source: TextSource
  private readonly workerUrl: URL
  private readonly cancelLimitMs: number
  private readonly calls = new Map<number, Call>()
  /** Timers of cancelled calls that the thread has not dropped. */
  private readonly cancelled = new Map<number, NodeJS.Timeout>()
  private worker: Worker | null = null
  private isReady = false
  private lastId = 0

  constructor(source: TextSource, workerUrl: URL, cancelLimitMs: number) {
    this.source = source
    this.workerUrl = workerUrl
    this.cancelLimitMs = cancelLimitMs
  }

  async run(jobs: readonly EncodeJob[], signal: AbortSignal): Promise<number[][]> {
    signal.throwIfAborted()
    const id = ++this.lastId
    const cancel = () => this.cancel(id, signal.reason)
    const answer = new Promise<number[][]>((resolve, reject) => {
      this.calls.set(id, { jobs, resolve, reject })
      this.post({ type: 'encode', id, jobs })
    })
    signal.addEventListener('abort', cancel)
    try {
      return await answer
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  prepare(): void {
    this.worker ??= this.start()
  }

  async close(): Promise<void> {
    await this.stop('was closed')
  }

  private post(request: EncoderRequest): void {
    this.prepare()
    this.worker?.postMessage(request)
  }

  private start(): Worker {
    // Options of this process, such as conditions of imports, are not for the thread.
    const worker = new Worker(this.workerUrl, { workerData: this.source, execArgv: [] })
    worker.unref()
    const failed = (reason: string) => {
      if (this.worker === worker) void this.stop(reason)
    }
    worker.on('message', (answer: EncoderAnswer) => this.receive(answer))
    worker.on('error', (error: Error) => failed(`failed: ${error.message}`))
    worker.on('exit', (code: number) => failed(`ended with code ${code}`))
    return worker
  }

  private receive(answer: EncoderAnswer): void {
    if (answer.type === 'ready') {
      this.isReady = true
      return
    }
    if (answer.type === 'cancelled') {
      clearTimeout(this.cancelled.get(answer.id))
      this.cancelled.delete(answer.id)
      return
    }
    const call = this.calls.get(answer.id)
    this.calls.delete(answer.id)
    if (answer.type === 'encoded') call?.resolve(answer.ids)
    else if (answer.code === null) call?.reject(failure(`failed: ${answer.message}`))
    else call?.reject(new TextError(answer.code, answer.message))
  }

  private cancel(id: number, reason: unknown): void {
    this.calls.get(id)?.reject(reason)
    if (!this.calls.delete(id)) return
    this.post({ type: 'cancel', id })
    // A thread that still reads the tokenizer is not caught in a call.
    if (!this.isReady) return
    const timer = setTimeout(() => void this.replace(), this.cancelLimitMs)
    this.cancelled.set(id, timer.unref())
  }

  /** Ends the thread and gives the other calls to a new one. */
  private async replace(): Promise<void> {
    const calls = [...this.calls]
    this.calls.clear()
    const ending = this.stop('was replaced')
    for (const [id, call] of calls) {
      this.calls.set(id, call)
      this.post({ type: 'encode', id, jobs: call.jobs })
    }
    await ending
  }

  /** Ends the thread; its calls fail. The next call starts another one. */
  private async stop(reason: string): Promise<void> {
    const ending = this.worker
    this.worker = null
    this.isReady = false
    for (const timer of this.cancelled.values()) clearTimeout(timer)
    this.cancelled.clear()
    for (const call of this.calls.values()) call.reject(failure(reason))
    this.calls.clear()
    await ending?.terminate()
  }
}

function failure(reason: string): Error {
  return new Error(`the thread that encodes long texts ${reason}`)
}
