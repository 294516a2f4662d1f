/** An answer of a model. */
export interface Answer {
  readonly text: string
  /** The reasoning of a model that thinks; null if there is none. */
  readonly reasoning: string | null
  readonly finishReason: string | null
  /** The ids of its tokens with the end token and the reasoning; null if the server sends none. */
  readonly tokenIds: readonly number[] | null
  /** The score of a reward model; null if there is none. */
  readonly score: number | null
}

/** The message of an answer. */
export const messageOf = ({ text, reasoning }: Answer) => ({
  role: 'assistant',
  content: text,
  ...(reasoning === null ? {} : { reasoning_content: reasoning }),
})
