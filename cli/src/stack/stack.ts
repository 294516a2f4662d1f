import type { ProcessModule } from '../context.js'
import type { ProcessGroup } from './process-group.js'

/** A service that is both models counts as `dpo`. */
export type ProcessRole = 'sft' | 'dpo' | 'gateway'

export interface StackOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Of each service; left out, its share of the machine. */
  readonly threads?: number | undefined
  readonly templateFrom?: 'dpo' | 'sft' | undefined
  readonly apiKeys: readonly string[]
  /** What starts each process; left out, Node itself. */
  readonly launchers?: Readonly<Record<ProcessRole, readonly string[]>> | undefined
}

/** A service to start. */
export interface ServiceSpec {
  /** For people: "SFT service". */
  readonly name: string
  readonly module: ProcessModule
  /** What the model is in the deployment: sft, dpo, or its name. */
  readonly role: string
  readonly folder: string
  /** Whether the base model under its adapter is served too. */
  readonly servesBase?: boolean
}

/** host:port of every service that the gateway is to reach. */
export interface Addresses {
  readonly sft: string
  readonly dpo: string
  /** Of the models beside the pair, by name. */
  readonly models: Readonly<Record<string, string>>
  readonly rewards: Readonly<Record<string, string>>
}

export interface Stack {
  /** Of the gateway. */
  readonly url: string
  readonly services: Addresses
  readonly group: ProcessGroup
}
