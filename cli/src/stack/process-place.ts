import { ManagedProcess, type ProcessSpec, type Served } from './managed-process.js'
import type { ProcessEnd } from './process-end.js'

/** The place of one process in a group. A new process can take it when the old one has ended. */
export class ProcessPlace {
  /** The last process that was started. */
  private current: Promise<ManagedProcess> | null = null
  private currentPid: number | undefined
  private served: Served | null = null

  /** @param onLine called with each line that a process writes to stderr */
  constructor(
    private readonly spec: ProcessSpec,
    private readonly onLine: (name: string, line: string) => void,
  ) {}

  get name(): string {
    return this.spec.name
  }

  /** The last process that was started here. */
  get pid(): number | undefined {
    return this.currentPid
  }

  /**
   * Starts a process, waits until it serves, and returns where: from the second on, where the first
   * served.
   * @throws Error as `ManagedProcess.ready`
   */
  async start(signal: AbortSignal): Promise<Served> {
    const { name } = this.spec
    const spec = { ...this.spec, environment: this.environment() }
    this.current = ManagedProcess.start(spec, (line) => this.onLine(name, line), signal)
    const child = await this.current
    this.currentPid = child.pid
    this.served = await child.ready(signal)
    return this.served
  }

  /**
   * Waits until the process has ended, for any reason.
   * @throws Error if it could not be created
   */
  async ended(): Promise<ProcessEnd> {
    if (this.current === null) throw new Error(`the ${this.name} was not started: call start first`)
    return (await this.current).ended
  }

  /** Ends the process, also if it is just being created. */
  async stop(): Promise<void> {
    const child = await this.current?.catch(() => null)
    await child?.stop()
  }

  private environment(): NodeJS.ProcessEnv {
    const { environment, keepAddresses } = this.spec
    return this.served && keepAddresses ? keepAddresses(environment, this.served) : environment
  }
}
