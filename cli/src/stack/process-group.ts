import { ManagedProcess, type ProcessSpec, type Served } from './managed-process.js'
import type { ProcessEnd } from './process-end.js'

/** Processes that start and end together. */
export class ProcessGroup {
  /** Resolves with the first process that ends. Never rejects. */
  readonly firstEnd: Promise<ProcessEnd>
  private readonly children: ManagedProcess[] = []
  private reportEnd: (end: ProcessEnd) => void = () => undefined

  /** @param onLine called with each line that a process writes to stderr */
  constructor(private readonly onLine: (name: string, line: string) => void) {
    this.firstEnd = new Promise((resolve) => {
      this.reportEnd = resolve
    })
  }

  /** The started processes, the oldest first. */
  get processes(): readonly { readonly name: string; readonly pid: number }[] {
    return this.children.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }]))
  }

  /**
   * Starts a process, waits until it serves, and returns where.
   * @throws Error as `ManagedProcess.ready`
   */
  async start(spec: ProcessSpec, signal: AbortSignal): Promise<Served> {
    signal.throwIfAborted()
    const child = await ManagedProcess.start(spec, (line) => this.onLine(spec.name, line), signal)
    this.children.push(child)
    void child.ended.then(this.reportEnd)
    return child.ready(signal)
  }

  /** Ends the newest first: the gateway with its open answers, then the services that it needs. */
  async stop(): Promise<void> {
    const [last, ...others] = this.children.toReversed()
    await last?.stop()
    await Promise.all(others.map((child) => child.stop()))
  }
}
