import { ManagedProcess, type ProcessSpec, type Served } from './managed-process.js'
import type { ProcessEnd } from './process-end.js'

/** Processes that live and end together. */
export class ProcessGroup {
  readonly #processes: ManagedProcess[] = []
  readonly #onLine: (name: string, line: string) => void
  readonly #firstEnd: Promise<ProcessEnd>
  #reportEnd: (end: ProcessEnd) => void = () => undefined

  constructor(onLine: (name: string, line: string) => void) {
    this.#onLine = onLine
    this.#firstEnd = new Promise((resolve) => {
      this.#reportEnd = resolve
    })
  }

  /** Resolves with the first process that ends, once one does. Never rejects. */
  get firstEnd(): Promise<ProcessEnd> {
    return this.#firstEnd
  }

  /** Those that were started, the oldest first. */
  get processes(): readonly { readonly name: string; readonly pid: number }[] {
    return this.#processes.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }]))
  }

  /**
   * Starts a process and waits until it serves.
   * @returns where
   */
  async start(spec: ProcessSpec, signal: AbortSignal): Promise<Served> {
    signal.throwIfAborted()
    const child = new ManagedProcess(spec, (line) => this.#onLine(spec.name, line))
    this.#processes.push(child)
    void child.ended.then(this.#reportEnd)
    return child.ready(signal)
  }

  /** Ends the newest first: the gateway, with its open answers, before the services that it needs. */
  async stop(): Promise<void> {
    const [last, ...others] = this.#processes.toReversed()
    await last?.stop()
    await Promise.all(others.map((child) => child.stop()))
  }
}
