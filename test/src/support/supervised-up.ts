import { setTimeout as delay } from 'node:timers/promises'
import { isAlive } from '@tandem/process'
import { startTandemUp, type TandemUp } from './tandem-up.js'
import { parseServingLine, type UpProcess } from './up-process.js'

const servingLimitMs = 360_000

/** A `tandem up` whose processes can be killed one by one. The caller ends it. */
export class SupervisedUp {
  /**
   * @param serving the processes that have said that they serve, by name
   * @param count how many processes there are
   */
  private constructor(
    readonly up: TandemUp,
    private readonly serving: Map<string, UpProcess>,
    private readonly count: number,
  ) {}

  /**
   * Starts `tandem up --verbose` with more arguments, and waits until all its processes serve.
   * @throws Error with its output if they do not
   */
  static async start(args: readonly string[], env: Record<string, string>): Promise<SupervisedUp> {
    const serving = new Map<string, UpProcess>()
    const up = await startTandemUp(['--verbose', ...args], env, (line) => {
      const found = parseServingLine(line)
      if (found !== null) serving.set(found.name, found)
    })
    const supervised = new SupervisedUp(up, serving, up.children().length)
    await supervised.waitUntilServing()
    return supervised
  }

  /** The processes that serve now, the gateway too. */
  get processes(): readonly UpProcess[] {
    return [...this.serving.values()].filter(({ pid }) => isAlive(pid))
  }

  /** The services that serve now. */
  get services(): readonly UpProcess[] {
    return this.processes.filter(({ role }) => role !== 'gateway')
  }

  /** Sends a signal. A process that gets another one than SIGSTOP and SIGCONT counts as ended. */
  kill(victim: UpProcess, signal: NodeJS.Signals): void {
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') this.expectEnd(victim)
    process.kill(victim.pid, signal)
  }

  /** Says that a process will end: it does not count as serving any more. */
  expectEnd({ name }: UpProcess): void {
    this.serving.delete(name)
  }

  /**
   * Sends a signal to a random service.
   * @param random returns a number from 0 to 1, without 1
   * @returns the service
   */
  killRandom(signal: NodeJS.Signals, random: () => number): UpProcess {
    const { services } = this
    const victim = services[Math.floor(random() * services.length)]
    if (victim === undefined) throw new Error('no service serves: wait for waitUntilServing()')
    this.kill(victim, signal)
    return victim
  }

  /**
   * Waits until as many processes serve as after the start.
   * @throws Error with the output of `tandem up` if they do not, or if it ends
   */
  async waitUntilServing(): Promise<void> {
    const end = Date.now() + servingLimitMs
    while (!(await this.isServing())) {
      const { exitCode, signalCode } = this.up.process
      if (Date.now() > end || exitCode !== null || signalCode !== null)
        throw new Error(
          `tandem up does not serve: ${this.processes.length} of ${this.count} processes, ` +
            `exit code ${exitCode ?? signalCode}. It printed:\n${this.up.output()}`,
        )
      await delay(50)
    }
  }

  private async isServing(): Promise<boolean> {
    if (this.processes.length < this.count) return false
    const ready = await fetch(`${this.up.url}/readyz`, { signal: AbortSignal.timeout(30_000) }).catch(() => undefined)
    return ready?.ok === true
  }
}
