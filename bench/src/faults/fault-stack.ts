import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SupervisedUp, tinyFolder, type UpProcess, waitUntilGone } from '@tandem/test'
import { countLeaked } from './count-leaked.js'
import { type FaultPair, promptsOf } from './prompts.js'

/** How a stack is started. */
export interface FaultStackOptions {
  readonly pair: FaultPair
  /** Services of each model. */
  readonly replicas: number
  /** One process serves both models. */
  readonly isPaired?: boolean
  /** Additional environment variables of every process. */
  readonly env?: Readonly<Record<string, string>>
  /** More arguments of `tandem up`. */
  readonly args?: readonly string[]
}

const stopLimitMs = 60_000

/** A `tandem up` to which faults happen. It starts processes again that end. */
export class FaultStack {
  private constructor(
    private readonly supervised: SupervisedUp,
    /** Token ids of prompts for its models. */
    readonly prompts: readonly (readonly number[])[],
    private readonly home: string,
  ) {}

  /** Starts a stack at fp32, where an answer is the same however it is computed. Stop it. */
  static async start({
    pair,
    replicas,
    isPaired = false,
    env = {},
    args = [],
  }: FaultStackOptions): Promise<FaultStack> {
    const home = await mkdtemp(join(tmpdir(), 'tandem-faults-'))
    const isTiny = pair === 'tiny'
    const models = isTiny ? ['--sft', tinyFolder('llama-tied'), '--dpo', tinyFolder('llama-tied+lora')] : []
    const form = isPaired ? '--paired' : '--no-paired'
    const all = [...models, '--precision', 'fp32', form, '--replicas', `${replicas}`, ...args]
    const own: Record<string, string> = isTiny ? { TANDEM_HOME: home } : {}
    const supervised = await SupervisedUp.start(all, { ...own, ...env })
    return new FaultStack(supervised, promptsOf(pair), home)
  }

  /** The URL of the gateway. */
  get url(): string {
    return this.supervised.up.url
  }

  /** The name of the pair in the API. */
  get model(): string {
    return this.supervised.up.model
  }

  /** The services that serve now. */
  get services(): readonly UpProcess[] {
    return this.supervised.services
  }

  /** All processes that serve now. */
  get processes(): readonly UpProcess[] {
    return this.supervised.processes
  }

  /** Sends a signal to a process. */
  kill(victim: UpProcess, signal: NodeJS.Signals = 'SIGKILL'): void {
    this.supervised.kill(victim, signal)
  }

  /** Says that a process will end by itself, so that `waitUntilServing` waits for its successor. */
  expectEnd(process: UpProcess): void {
    this.supervised.expectEnd(process)
  }

  /** Waits until all processes serve. @throws Error with the output if they do not */
  waitUntilServing(): Promise<void> {
    return this.supervised.waitUntilServing()
  }

  /** What the processes have printed last. */
  output(): string {
    return this.supervised.up.output()
  }

  /**
   * Waits until the services hold no sessions.
   * @returns how many they still hold after a time
   */
  async countLeaked(): Promise<number> {
    await this.waitUntilServing()
    return countLeaked(this.services)
  }

  /** Ends all processes. */
  async stop(): Promise<void> {
    const { process: up } = this.supervised.up
    const pids = [up.pid ?? -1, ...this.supervised.up.children().map(({ pid }) => pid)]
    up.kill('SIGTERM')
    if ((await waitUntilGone(pids, stopLimitMs)).length > 0) up.kill('SIGKILL')
    await rm(this.home, { recursive: true, force: true })
  }
}
