import type { ReplicaDescription, ReplicaState } from './replica-description.js'

/** Is told what happens to replicas: a pino logger. */
export interface ReplicaLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** Logs each change of a replica's state once. */
export class StateLog {
  private states = new Map<string, ReplicaState>()

  /** @param title the model's name in messages: "DPO" */
  constructor(
    private readonly title: string,
    private readonly log: ReplicaLog | undefined,
  ) {}

  /** @param replicas all replicas of the model: one that is missing is removed */
  update(replicas: readonly ReplicaDescription[]): void {
    const before = this.states
    this.states = new Map(replicas.map(({ address, state }) => [address, state]))
    for (const address of before.keys())
      if (!this.states.has(address)) this.log?.info({ address }, `a replica of the ${this.title} model is removed`)
    for (const { address, state, fault } of replicas) {
      if (before.get(address) === state) continue
      const message = `a replica of the ${this.title} model is ${state}`
      if (fault === null) this.log?.info({ address }, message)
      else this.log?.warn({ address, fault }, message)
    }
  }
}
