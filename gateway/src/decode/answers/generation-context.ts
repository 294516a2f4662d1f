import type { OpenSessions } from '../../session/contract/session.js'
import type { Text } from '../../text/index.js'
import type { StepTracer } from '../loop/step-tracer.js'
import type { ActiveAnswers } from './active-answers.js'
import type { TextTimer } from './text-timer.js'

/** What all generations of a gateway share. */
export interface GenerationContext {
  readonly open: OpenSessions
  readonly text: Text
  /** All answers that this gateway decodes now. */
  readonly activeAnswers: ActiveAnswers
  /** Whether two models slow each other down. */
  sharesDevice(a: string, b: string): boolean
  /** Is told about each step of a decode loop; not about rounds of beam searches. */
  readonly steps?: StepTracer | undefined
  /** Is told how long each token took to become text, in beams and samples too. */
  readonly textTimer?: TextTimer | undefined
}
