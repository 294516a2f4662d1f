/** How long the cases measure. */
export interface Settings {
  readonly length: 'short' | 'long'
  /** Prompts that the variants of a case answer in turn. */
  readonly rounds: number
  /** Of these rounds, those whose candidates are counted too. */
  readonly countedRounds: number
  /** Of each answer. */
  readonly maxTokens: number
  /** Of each answer that copies. */
  readonly copyTokens: number
  /** One-token steps of each engine a round, and rounds. */
  readonly engineSteps: number
  readonly engineRounds: number
  /** Starts of a whole stack or service, where the start is what is measured. */
  readonly starts: number
  /** Rounds of 16 sessions at once, each beside one session alone. */
  readonly sessionRounds: number
  /** Of each of them: enough that the first still decodes when the last one's prompt has been read. */
  readonly sessionTokens: number
}

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
