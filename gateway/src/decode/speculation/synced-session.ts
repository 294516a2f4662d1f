import type { Readout, Row, Rows, Session } from '../../session/session.js'

/** A session that is told the whole sequence each time, gives up what is no longer part of it and sends what is new. */
export class Feed {
  private readonly held: number[]

  /** @param ids of which the session holds the first ones already */
  constructor(
    private readonly session: Session,
    ids: readonly number[],
  ) {
    this.held = ids.slice(0, session.position)
  }

  get length(): number {
    return this.held.length
  }

  /** Whether the session holds all of `ids` and nothing behind them that differs. */
  holds(ids: readonly number[]): boolean {
    return this.held.length >= ids.length && this.sharedLength(ids) === ids.length
  }

  /** Keeps what it shares with `ids`, at most `most` tokens. */
  align(ids: readonly number[], most = ids.length): void {
    const length = Math.min(this.sharedLength(ids), most)
    if (length === this.held.length) return
    this.session.truncate(length)
    this.held.length = length
  }

  /** Sends what of `ids` it lacks. Aligned before. */
  async append(ids: readonly number[], rows: Rows, readouts: readonly Readout[]): Promise<Row[]> {
    const missing = ids.slice(this.held.length)
    const read = await this.session.step(missing, rows, readouts)
    for (const id of missing) this.held.push(id)
    return read
  }

  /** Reads what follows the last token held. */
  readout(readouts: readonly Readout[]): Promise<Row> {
    return this.session.readout(readouts)
  }

  private sharedLength(ids: readonly number[]): number {
    const most = Math.min(this.held.length, ids.length)
    let length = 0
    while (length < most && this.held[length] === ids[length]) length++
    return length
  }
}
