import type { Readout, Row, Rows, Session } from '../../session/contract/session.js'

/**
 * Keeps a session in sync with a sequence whose drafts may change. Each call gets the whole
 * sequence; the session drops the tokens that differ and sends the new ones.
 */
export class SyncedSession {
  private readonly held: number[]

  /** @param ids a sequence whose first `session.position` tokens the session already holds */
  constructor(
    private readonly session: Session,
    ids: readonly number[],
  ) {
    this.held = ids.slice(0, session.position)
  }

  /** Number of tokens that the session holds. */
  get length(): number {
    return this.held.length
  }

  /** Whether the session holds all of `ids`. It may hold further tokens after them. */
  holds(ids: readonly number[]): boolean {
    return this.held.length >= ids.length && this.sharedLength(ids) === ids.length
  }

  /**
   * Truncates the session to the tokens that it shares with `ids`,
   * and to at most `maxLength` tokens.
   */
  align(ids: readonly number[], maxLength = ids.length): void {
    const length = Math.min(this.sharedLength(ids), maxLength)
    if (length === this.held.length) return
    this.session.truncate(length)
    this.held.length = length
  }

  /** Sends the tokens of `ids` that the session lacks. Call `align` first. */
  async append(ids: readonly number[], rows: Rows, readouts: readonly Readout[]): Promise<Row[]> {
    const missing = ids.slice(this.held.length)
    const read = await this.session.step(missing, rows, readouts)
    for (const id of missing) this.held.push(id)
    return read
  }

  /** Reads the row after the last token that the session holds. */
  readout(readouts: readonly Readout[]): Promise<Row> {
    return this.session.readout(readouts)
  }

  private sharedLength(ids: readonly number[]): number {
    const end = Math.min(this.held.length, ids.length)
    let length = 0
    while (length < end && this.held[length] === ids[length]) length++
    return length
  }
}
