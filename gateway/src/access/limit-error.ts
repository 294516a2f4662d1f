/** A limit of an API key. `size`: the request can never fit into a minute. */
export type LimitKind = 'concurrent' | 'requests' | 'tokens' | 'size'

/** A request is above a limit of its API key. */
export class LimitError extends Error {
  override readonly name = 'LimitError'

  /** @param waitMs time after which a retry can succeed; null: never, or not known */
  constructor(
    readonly kind: LimitKind,
    message: string,
    readonly waitMs: number | null = null,
  ) {
    super(message)
  }
}
