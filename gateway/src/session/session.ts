/** What to read of a row of logits. */
export type Readout =
  /** V_alpha without the excluded ids, best first, ties by lowest id. */
  | { readonly kind: 'candidates'; readonly alpha: number; readonly exclude: readonly number[] }
  /** These ids in their order; one list for every row, or one for each. */
  | { readonly kind: 'gather'; readonly rows: readonly (readonly number[])[] }
  /** The k best, best first, ties by lowest id. */
  | { readonly kind: 'top-k'; readonly k: number }
  | { readonly kind: 'full' }

/** Ids and their logits, of one length. */
export interface Scores {
  readonly tokenIds: Uint32Array
  readonly logits: Float32Array
}

/** What follows one token. log p(id) = logit - logSumExp. */
export interface Row {
  readonly logSumExp: number
  readonly max: number
  /** One for each readout, in their order. */
  readonly scores: readonly Scores[]
}

export type Rows = 'none' | 'last' | 'all'

/**
 * One sequence in one service: it knows what was appended, and hides how the service keeps it.
 * One call at a time; every call rejects with a SessionError, at once when the service or the caller is gone.
 */
export interface Session {
  /** Tokens appended. */
  readonly position: number
  /** Appends tokens and reads rows after them: none, that of the last one, or all. */
  step(tokenIds: readonly number[], rows: Rows, readouts: readonly Readout[]): Promise<Row[]>
  /** Reads the row after the last token again; without a forward where the service still keeps it. */
  readout(readouts: readonly Readout[]): Promise<Row>
  /** Gives up all tokens from `position` on. */
  truncate(position: number): void
}

/**
 * Sequences of one request in one service: answers to one prompt, or beams. It begins as one empty sequence.
 * What its sessions are asked in one turn of the event loop goes to the service as one message, and runs there as one batch; with it goes
 * what is asked of another set of the request, where one engine runs both models.
 */
export interface SessionSet {
  readonly sessions: readonly [Session, ...Session[]]
  /**
   * Sequence i goes on from what sequence parents[i] holds, all at once; there are as many afterwards as there are parents. Told to
   * the service with the next step. No call may be under way.
   * @throws RangeError without parents, or where one is not there
   */
  reorder(parents: readonly number[]): void
  /** Frees all sequences in the service, once every set that shares its stream is closed. Safe to call twice, and with calls under way. */
  close(): void
}

/** Opens a set of one session on the model of that name; the signal ends it wherever it is. */
export type OpenSessions = (model: string, signal: AbortSignal) => Promise<SessionSet>
