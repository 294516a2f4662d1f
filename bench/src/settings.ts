/** The amount of measurements. */
export interface Settings {
  readonly length: 'short' | 'long'
  /** Number of prompts that each variant of a case answers. */
  readonly rounds: number
  /** Number of these rounds in which the candidates are also counted. */
  readonly countedRounds: number
  /** Maximum tokens of each answer. */
  readonly maxTokens: number
  /** Maximum tokens of each answer that copies. */
  readonly copyTokens: number
  /** Number of one-token steps of each engine per round, and number of rounds. */
  readonly engineSteps: number
  readonly engineRounds: number
  /** Number of starts of a stack or service in the cases that measure a start. */
  readonly starts: number
  /** Number of rounds of 16 sessions at once, each followed by a round of one session. */
  readonly sessionRounds: number
  /**
   * Maximum tokens of each of these sessions. The first must still decode when the prompt of the
   * last has been read.
   */
  readonly sessionTokens: number
}

/** The settings of `--short`. */
export const shortSettings: Settings = {
  length: 'short',
  rounds: 3,
  countedRounds: 1,
  maxTokens: 24,
  copyTokens: 24,
  engineSteps: 6,
  engineRounds: 3,
  starts: 1,
  sessionRounds: 1,
  sessionTokens: 64,
}

/** The default settings. */
export const longSettings: Settings = {
  length: 'long',
  rounds: 16,
  countedRounds: 16,
  maxTokens: 48,
  copyTokens: 64,
  engineSteps: 16,
  engineRounds: 12,
  starts: 5,
  sessionRounds: 4,
  sessionTokens: 128,
}
