import { keepServing, type Supervision } from './keep-serving.js'
import type { ProcessSpec, Served } from './managed-process.js'
import type { ProcessEnd } from './process-end.js'
import { ProcessPlace } from './process-place.js'

/** Processes that start and end together. */
export class ProcessGroup {
  /**
   * Resolves with the first process that ends; under supervision, with the first one that cannot be
   * started again. Never rejects.
   */
  readonly firstEnd: Promise<ProcessEnd>
  private readonly places: ProcessPlace[] = []
  private readonly stopping = new AbortController()
  private reportEnd: (end: ProcessEnd) => void = () => undefined

  /**
   * @param onLine called with each line that a process writes to stderr
   * @param supervision how processes that end are started again. Default: they are not
   */
  constructor(
    private readonly onLine: (name: string, line: string) => void,
    private readonly supervision: Supervision | null = null,
  ) {
    this.firstEnd = new Promise((resolve) => {
      this.reportEnd = resolve
    })
  }

  /** The started processes, the oldest first. */
  get processes(): readonly { readonly name: string; readonly pid: number }[] {
    return this.places.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }]))
  }

  /**
   * Starts a process, waits until it serves, and returns where.
   * @param signal stops the start; later it stops the supervision
   * @throws Error as `ManagedProcess.ready`
   */
  async start(spec: ProcessSpec, signal: AbortSignal): Promise<Served> {
    signal.throwIfAborted()
    const place = new ProcessPlace(spec, this.onLine)
    this.places.push(place)
    const served = await place.start(signal)
    void this.watch(place, AbortSignal.any([signal, this.stopping.signal]))
    return served
  }

  /**
   * Ends the newest first: the gateway with its open answers, then the services that it needs.
   * Nothing is started again.
   */
  async stop(): Promise<void> {
    this.stopping.abort()
    const [last, ...others] = this.places.toReversed()
    await last?.stop()
    await Promise.all(others.map((place) => place.stop()))
  }

  private async watch(place: ProcessPlace, signal: AbortSignal): Promise<void> {
    try {
      const end = this.supervision === null ? place.ended() : keepServing(place, this.supervision, signal)
      this.reportEnd(await end)
    } catch (error) {
      // After an abort nothing is started again.
      if (!signal.aborted) throw error
    }
  }
}
