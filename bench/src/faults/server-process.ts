import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { readyAddress, readyMessage, repositoryFolder } from '@tandem/test'

/** How a server is started. */
export interface ServerSpec {
  /** How results call it: "DPO service 2". */
  readonly name: string
  /** The program, from the root of the repository. */
  readonly script: string
  readonly env: Readonly<Record<string, string>>
  /** Returns the variables with which it listens at an address that it had before. */
  readonly envAt: (address: string) => Readonly<Record<string, string>>
}

const stopLimitMs = 120_000

/** A gateway or a service in a process of its own. */
export class ServerProcess {
  private constructor(
    private readonly spec: ServerSpec,
    private child: ChildProcess,
    /** A service's host:port, or the URL of a gateway. */
    readonly address: string,
    /** The URL of the metrics of its first process, or null. */
    readonly metricsUrl: string | null,
  ) {}

  /** Starts a server and waits until it serves. @throws Error with its stderr if it does not */
  static async start(spec: ServerSpec): Promise<ServerProcess> {
    const child = spawnServer(spec, {})
    const { address, metricsUrl = null } = await readyMessage(child, spec.script)
    return new ServerProcess(spec, child, address, metricsUrl)
  }

  get name(): string {
    return this.spec.name
  }

  get pid(): number {
    return this.child.pid ?? -1
  }

  /**
   * Sends a signal and waits until the process has ended. SIGKILL follows after a time.
   * @returns how it ended: "exit code 0", "SIGKILL"
   */
  async end(signal: NodeJS.Signals): Promise<string> {
    const { child } = this
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      child.kill(signal)
      const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
      await exited
      clearTimeout(timer)
    }
    return child.signalCode ?? `exit code ${child.exitCode}`
  }

  /** Starts it again at its address, after it has ended. */
  async startAgain(): Promise<void> {
    this.child = spawnServer(this.spec, this.spec.envAt(this.address))
    await readyAddress(this.child, this.spec.script)
  }
}

const spawnServer = ({ script, env }: ServerSpec, at: Readonly<Record<string, string>>): ChildProcess =>
  fork(join(repositoryFolder, script), {
    env: { ...process.env, TANDEM_LOG_LEVEL: 'fatal', ...env, ...at },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
