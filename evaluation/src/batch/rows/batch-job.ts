import type { Prompt } from '../../prompts/index.js'
import type { Question } from '../http/ask.js'

/** A request of a batch: one sample of the answer to a prompt. */
export interface BatchJob extends Question {
  readonly prompt: Prompt
  /** The number of the answer to this prompt, from 0. */
  readonly sample: number
  readonly seed: number
}
