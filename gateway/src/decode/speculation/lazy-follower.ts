import type { Readout, Row } from '../../session/contract/session.js'
import type { Follower, ScoreQuery } from './follower.js'
import type { SyncedSession } from './synced-session.js'

/**
 * Up to this number of tokens before the first query are read out
 * with it, to save a separate message.
 */
const maxTokensReadAlong = 8

/** Runs the other model only if it is queried, over all tokens since its last run, in one chunk. */
export class LazyFollower implements Follower {
  constructor(private readonly session: SyncedSession) {}

  follow(): void {}

  async read(ids: readonly number[], queries: readonly [ScoreQuery, ...ScoreQuery[]]): Promise<readonly Row[]> {
    const [first] = queries
    const last = queries.at(-1) ?? first
    this.session.align(ids)
    if (this.session.length === first.position && queries.length === 1)
      return [await this.session.readout([gather([first])])]
    // The row at a position belongs to the token before it.
    this.session.align(ids, first.position - 1)
    if (queries.length === 1) return this.session.append(ids.slice(0, first.position), 'last', [gather([first])])
    if (first.position - this.session.length > maxTokensReadAlong)
      await this.session.append(ids.slice(0, first.position - 1), 'none', [])
    const start = this.session.length
    const byPosition = new Map(queries.map((query) => [query.position, query]))
    const positions = Array.from({ length: last.position - start }, (_, i) => byPosition.get(start + i + 1))
    const rows = await this.session.append(ids.slice(0, last.position), 'all', [gather(positions)])
    return rows.filter((_, i) => positions[i] !== undefined)
  }
}

const gather = (positions: readonly (ScoreQuery | undefined)[]): Readout => ({
  kind: 'gather',
  rows: positions.map((query) => Array.from(query?.ids ?? [])),
})
