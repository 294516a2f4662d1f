import type { TimelineMessage } from '@tandem/process'
import type { ProcessModule } from '../context.js'
import type { Supervision } from './keep-serving.js'
import type { MetricsEndpoint } from './metrics-listen.js'
import type { ProcessGroup } from './process-group.js'

/** The processes of a pair. A service with both models counts as `dpo`. */
export type ProcessRole = 'sft' | 'dpo' | 'gateway'

/** Options of `startStack`. */
export interface StackOptions {
  readonly host: string
  /** The port of the gateway; 0: any free port. */
  readonly port: number
  /** Threads of each service. Default: its share of the machine. */
  readonly threads?: number | undefined
  /** Services to start for each model. Default: 1. */
  readonly replicas?: number | undefined
  readonly templateFrom?: 'dpo' | 'sft' | undefined
  readonly apiKeys: readonly string[]
  /** The path of a file of more API keys. */
  readonly apiKeysFile?: string | undefined
  /** The launcher of each process. Default: none. */
  readonly launchers?: Readonly<Record<ProcessRole, readonly string[]>> | undefined
  /** Called with the timeline of each request when it ends. Default: the gateway sends none. */
  readonly onTimeline?: ((timeline: TimelineMessage) => void) | undefined
  /** How processes that end are started again. Default: they are not. */
  readonly supervision?: Supervision | undefined
}

/** A service to start. */
export interface ServiceSpec {
  /** The name in messages: "SFT service", or "SFT service 2" if there are several. */
  readonly name: string
  readonly module: ProcessModule
  /** The role of the model: sft, dpo, or its name. */
  readonly role: string
  /** The model folder. */
  readonly folder: string
  /** Whether the base model of its adapter is served too. */
  readonly servesBase?: boolean
}

/** host:port of every service that the gateway connects to: one for each replica of a model. */
export interface Addresses {
  readonly sft: readonly string[]
  readonly dpo: readonly string[]
  /** Addresses of the additional models, by name. */
  readonly models: Readonly<Record<string, readonly string[]>>
  /** Addresses of the reward models, by name. */
  readonly rewards: Readonly<Record<string, readonly string[]>>
}

/** A running gateway with its services. */
export interface Stack {
  /** The URL of the gateway. */
  readonly url: string
  readonly services: Addresses
  /** Where the processes serve their metrics, the gateway first. Empty if metrics are off. */
  readonly metrics: readonly MetricsEndpoint[]
  readonly group: ProcessGroup
}
