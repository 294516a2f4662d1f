import type { HttpBindings } from '@hono/node-server'
import type { Logger } from 'pino'
import type { ApiKey } from '../access/api-key.js'
import type { KeyStore } from '../access/key-store.js'
import type { ActiveAnswers } from '../decode/answers/active-answers.js'
import type { Pair } from '../session/models/pair.js'
import type { RewardModel } from '../session/models/reward-model.js'
import type { GatewayTelemetry } from '../telemetry/gateway-telemetry.js'
import type { Admission } from './admission.js'
import type { GatewayStage } from './gateway-stage.js'

/** What the app needs from outside. */
export interface AppDependencies {
  readonly pair: Pair
  /** The name of the pair in the API. */
  readonly pairName: string
  /** Reward models by name; the first is the default. */
  readonly rewards: ReadonlyMap<string, RewardModel>
  readonly keys: KeyStore
  /** Origins whose pages may use this server from a browser. */
  readonly corsOrigins: readonly string[]
  readonly admission: Admission
  readonly activeAnswers: ActiveAnswers
  readonly limits: {
    readonly maxPromptTokens: number
    readonly maxBodyBytes: number
    readonly requestTimeoutMs: number
    readonly receiveTimeoutMs: number
  }
  /** Time in which a stream sends nothing after which it sends a comment. 0: never. */
  readonly pingMs: number
  /** How often sessions of a request may continue on another replica after a failure. */
  readonly maxReplays: number
  readonly stage: Readonly<GatewayStage>
  /** Ends all answers. Clients see its reason. */
  readonly stopping: AbortSignal
  readonly log: Logger
  readonly telemetry: GatewayTelemetry
}

/** Values that the app keeps with each request. */
export interface AppEnvironment {
  /** What the HTTP server adds to a request; missing if a test calls the app without a server. */
  Bindings: Partial<Pick<HttpBindings, 'outgoing'>>
  Variables: {
    requestId: string
    /** Whether the id came from the header, which takes precedence over the body. */
    isRequestIdGiven: boolean
    /** Whether a RequestRecorder counts the request's errors. */
    isRecorded: boolean
    /** The valid API key of the request; null without one. */
    key: ApiKey | null
  }
}
