/** How adherence pairs are made. */
export interface AdherenceSettings {
  /** Samples for each prompt. */
  readonly samples: number
  /** Maximum pairs for each prompt. */
  readonly pairsPerPrompt: number
  /** Maximum pairs for each prompt in addition whose rejected side fails a criterion. */
  readonly failedPairsPerPrompt: number
  /** The column of the prompts' file with the kind of a prompt. */
  readonly kindField: string
  /** The column with the expected answer, or a list of answers that are all right. */
  readonly expectedField: string
}
