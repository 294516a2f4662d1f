import type { Logger } from 'pino'
import type { ActiveAnswers } from '../decode/answers/active-answers.js'
import type { Pair } from '../session/pair.js'
import type { RewardModel } from '../session/reward-model.js'
import type { Admission } from './admission.js'

/** What the app needs of its surroundings. */
export interface AppDependencies {
  readonly pair: Pair
  /** Its name in the API. */
  readonly pairName: string
  /** Reward models by name; the first is the default. */
  readonly rewards: ReadonlyMap<string, RewardModel>
  readonly apiKeys: readonly string[]
  /** Whose pages may use this server from a browser. */
  readonly corsOrigins: readonly string[]
  readonly admission: Admission
  readonly activeAnswers: ActiveAnswers
  readonly limits: {
    readonly maxPromptTokens: number
    readonly maxBodyBytes: number
    readonly requestTimeoutMs: number
    readonly receiveTimeoutMs: number
  }
  /** Ends all answers; its reason tells clients why. */
  readonly stopping: AbortSignal
  readonly log: Logger
}

export interface AppEnvironment {
  Variables: {
    requestId: string
    /** Whether the header gave it: a name in the body counts after that. */
    isRequestIdGiven: boolean
  }
}
