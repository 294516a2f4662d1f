import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { processMessageSchema, type TimelineMessage } from '@tandem/process'
import { abortable } from './abortable.js'
import { LastLines } from './last-lines.js'
import { describeFailedStart, type ProcessEnd } from './process-end.js'
import { acceptedRuntimeFlags, mallocEnvironment } from './runtime-flags.js'
import { stopLimitMs } from './stop-limit.js'
import { answerLimits, watchAnswers } from './watch-answers.js'

const hung = `it did not answer for ${(answerLimits.intervalMs * answerLimits.maxMissed) / 1000} s and was killed`

/** Where a process serves. */
export interface Served {
  /** `host:port` of a service, or the URL of the gateway. */
  readonly at: string
  /** `host:port` of the base model of a pair that one process serves; null for other processes. */
  readonly baseAt: string | null
  /** The URL of its metrics; null if they are off. */
  readonly metricsUrl: string | null
}

/** A process to start. */
export interface ProcessSpec {
  /** The name in messages: "SFT service". */
  readonly name: string
  readonly modulePath: string
  readonly environment: NodeJS.ProcessEnv
  /** A program with its arguments that replaces itself by Node: `taskset -c 0`. */
  readonly launcher?: readonly string[] | undefined
  /**
   * Returns the environment of a process that takes the place of one that has ended, so that it
   * serves at the same addresses. Default: the same environment.
   */
  readonly keepAddresses?: ((environment: NodeJS.ProcessEnv, served: Served) => NodeJS.ProcessEnv) | undefined
  /** Called with each timeline that the process sends: the gateway with TANDEM_TRACE=1 does. */
  readonly onTimeline?: ((timeline: TimelineMessage) => void) | undefined
}

/**
 * A child process in a process group of its own: a Ctrl-C in the terminal reaches it only through
 * its parent, in the parent's order. It ends by itself when its IPC channel closes, so no orphan
 * stays, even if the parent is killed.
 */
export class ManagedProcess {
  readonly name: string
  /** Resolves when the process has ended, for any reason. Never rejects. */
  readonly ended: Promise<ProcessEnd>
  private readonly child: ChildProcess
  /** Time between SIGTERM and SIGKILL, in milliseconds. */
  private readonly stopLimitMs: number
  private readonly served: Promise<Served>
  private stopping: Promise<void> | null = null
  private isHung = false

  private constructor(
    { name, modulePath, environment, launcher = [], onTimeline }: ProcessSpec,
    runtimeFlags: readonly string[],
    onLine: (line: string) => void,
  ) {
    this.name = name
    this.stopLimitMs = stopLimitMs(environment)
    const [execPath = process.execPath, ...execArgv] = [...launcher, process.execPath, ...runtimeFlags]
    this.child = fork(modulePath, [], {
      env: { ...mallocEnvironment, ...environment },
      execPath,
      execArgv,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      detached: process.platform !== 'win32',
    })
    this.ended = this.watch(onLine)
    this.served = this.listen(onTimeline)
  }

  /**
   * Starts a process. The caller stops it.
   * @param onLine called with each line that the process writes to stderr
   * @throws the signal's reason on abort; no process runs then
   */
  static async start(spec: ProcessSpec, onLine: (line: string) => void, signal: AbortSignal): Promise<ManagedProcess> {
    const flags = await acceptedRuntimeFlags()
    signal.throwIfAborted()
    return new ManagedProcess(spec, flags, onLine)
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  /**
   * Waits until the process serves, and returns where.
   * @throws Error with its last lines if it ends before; the signal's reason on abort
   */
  async ready(signal: AbortSignal): Promise<Served> {
    const endedFirst = this.ended.then((end): never => {
      throw new Error(describeFailedStart(end))
    })
    return abortable(Promise.race([this.served, endedFirst]), signal)
  }

  /**
   * Asks the process to end, waits, and kills it after the grace time. It is safe to call twice.
   */
  stop(): Promise<void> {
    // A second SIGTERM would end the process before its answers have finished.
    this.stopping ??= this.end()
    return this.stopping
  }

  private async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    this.child.kill('SIGTERM')
    const patience = new AbortController()
    const late = delay(this.stopLimitMs, 'late', { signal: patience.signal }).catch(() => 'in time')
    if ((await Promise.race([this.ended, late])) === 'late') this.child.kill('SIGKILL')
    patience.abort()
    await this.ended
  }

  /** Listens to what the process sends. Resolves when it serves. */
  private listen(onTimeline: ProcessSpec['onTimeline']): Promise<Served> {
    return new Promise((resolve) => {
      this.child.on('message', (sent) => {
        const { data: message } = processMessageSchema.safeParse(sent)
        if (message?.type === 'timeline') onTimeline?.(message)
        if (message?.type !== 'ready') return
        watchAnswers(this.child, () => this.killHung())
        resolve({ at: message.address, baseAt: message.baseAddress, metricsUrl: message.metricsUrl })
      })
    })
  }

  private killHung(): void {
    this.isHung = true
    this.child.kill('SIGKILL')
  }

  private async watch(onLine: (line: string) => void): Promise<ProcessEnd> {
    const { stderr } = this.child
    const lines = stderr ? new LastLines(stderr, onLine) : null
    const how = await new Promise<string>((resolve) => {
      this.child.on('error', (error) => {
        if (this.child.pid === undefined) resolve(error.message)
      })
      this.child.once('close', (code, signal) =>
        resolve(this.isHung ? hung : signal ? `killed by ${signal}` : `exit code ${code}`),
      )
    })
    return { name: this.name, how, lastLines: lines?.text ?? '' }
  }
}
