import type { OpenSessions } from '../../session/session.js'
import type { Text } from '../../text/index.js'
import type { Crowd } from './active-answers.js'

export interface GenerationContext {
  readonly open: OpenSessions
  readonly text: Text
  /** All answers that are decoded here. */
  readonly crowd: Crowd
  /** Whether two models take time from each other. */
  sharesDevice(a: string, b: string): boolean
}
