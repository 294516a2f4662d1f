import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { LastLines } from './last-lines.js'
import { describeFailedStart, type ProcessEnd } from './process-end.js'

/** How long a process has between SIGTERM and SIGKILL; longer than a service drains. */
const graceMs = 8_000

/**
 * The processes' heaps are small, and what collects them takes the cores from the engines (docs/performance.md). V8's helper threads
 * would save a fraction of a millisecond a collection, and take 2 ms a token from each service where 16 answers are under way. Its memory
 * reducer marks whole heaps, 30 to 60 ms each, because their thread is idle: it is while the engine runs. And it marks them whenever what
 * lies outside has grown by the heap's own few MB: a batch's rows do in a step or two. Five times the heap is 50 MB.
 */
const heapFlags = ['--single-threaded-gc', '--no-memory-reducer', '--heap-growing-percent=400']

/**
 * Most functions here run once a token, and V8 compiles what has run some hundred times: Node 20's, which counts in bytecode, after
 * some thousand tokens. Until then a token takes 3 to 5% longer.
 */
const compileFlags = [
  '--minimum-invocations-after-ic-update=50',
  ...(Number.parseInt(process.versions.v8, 10) < 12 ? ['--interrupt-budget=5000'] : []),
]

/**
 * A model's weights are read whole for every token: from pages of 2 MB a step takes three quarters of the time (docs/performance.md).
 * glibc asks for such pages where it is told to, and for the weights, which a thread of its own loads, only where all threads share
 * one heap. No other C library minds. Not in the place of what the user has set.
 */
export const largePages = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1' }

/** What a process says over IPC once it serves: a service its address, or one for each of its two models; the gateway its URL. */
const readySchema = z.union([
  z
    .object({ type: z.literal('ready'), address: z.string(), baseAddress: z.string().optional() })
    .transform(({ address, baseAddress }): Served => ({ at: address, baseAt: baseAddress ?? null })),
  z.object({ type: z.literal('ready'), url: z.string() }).transform(({ url }): Served => ({ at: url, baseAt: null })),
])

/** Where a process serves. */
export interface Served {
  readonly at: string
  /** Where a pair's service serves its base model. */
  readonly baseAt: string | null
}

export interface ProcessSpec {
  /** For people: "SFT service". */
  readonly name: string
  readonly modulePath: string
  readonly environment: NodeJS.ProcessEnv
  /** A program, with its arguments, that starts Node in its own place: `taskset -c 0`. */
  readonly launcher?: readonly string[] | undefined
}

/**
 * A child process of ours, in a process group of its own so that a Ctrl-C in the terminal reaches it through its parent,
 * in the parent's order. It ends by itself when its IPC channel closes: no orphan stays, even if the parent is killed.
 */
export class ManagedProcess {
  readonly name: string
  /** Resolves when the process is gone, however it went. Never rejects. */
  readonly ended: Promise<ProcessEnd>
  readonly #child: ChildProcess
  readonly #served: Promise<Served>

  constructor({ name, modulePath, environment, launcher = [] }: ProcessSpec, onLine: (line: string) => void) {
    this.name = name
    const [execPath = process.execPath, ...execArgv] = [...launcher, process.execPath, ...heapFlags, ...compileFlags]
    this.#child = fork(modulePath, [], {
      env: { ...largePages, ...environment },
      execPath,
      execArgv,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      detached: process.platform !== 'win32',
    })
    this.ended = this.#watch(onLine)
    this.#served = new Promise((resolve) => {
      this.#child.on('message', (message) => {
        const result = readySchema.safeParse(message)
        if (result.success) resolve(result.data)
      })
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /**
   * Where the process serves, once it does.
   * @throws Error with the last that it said, if it ends before; the signal's reason on abort
   */
  async ready(signal: AbortSignal): Promise<Served> {
    signal.throwIfAborted()
    const stopWaiting = new AbortController()
    const aborted = new Promise<never>((_resolve, reject) => {
      const abort = () => reject(signal.reason as Error)
      signal.addEventListener('abort', abort, { once: true, signal: stopWaiting.signal })
    })
    const endedFirst = this.ended.then((end): never => {
      throw new Error(describeFailedStart(end))
    })
    try {
      return await Promise.race([this.#served, endedFirst, aborted])
    } finally {
      stopWaiting.abort()
    }
  }

  /** Asks it to end, waits, and after a grace ends it. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGTERM')
    const patience = new AbortController()
    const late = delay(graceMs, 'late', { signal: patience.signal }).catch(() => 'in time')
    if ((await Promise.race([this.ended, late])) === 'late') this.#child.kill('SIGKILL')
    patience.abort()
    await this.ended
  }

  async #watch(onLine: (line: string) => void): Promise<ProcessEnd> {
    const { stderr } = this.#child
    const lines = stderr ? new LastLines(stderr, onLine) : null
    const how = await new Promise<string>((resolve) => {
      this.#child.on('error', (error) => {
        if (this.#child.pid === undefined) resolve(error.message)
      })
      this.#child.once('close', (code, signal) => resolve(signal ? `killed by ${signal}` : `exit code ${code}`))
    })
    return { name: this.name, how, lastLines: lines?.text ?? '' }
  }
}
