import type { Readout, Row } from '../../session/session.js'
import type { Feed } from './synced-session.js'
import type { Ask, Follower } from './follower.js'

/** So many tokens before the first ask are read out with it, rather than sent in a message of their own. */
const fewTokens = 8

/** Runs the other model only when it is asked, over all tokens since, in one chunk. */
export class LazyFollower implements Follower {
  constructor(private readonly feed: Feed) {}

  follow(): void {}

  async read(ids: readonly number[], asks: readonly [Ask, ...Ask[]]): Promise<readonly Row[]> {
    const [first] = asks
    const last = asks.at(-1) ?? first
    this.feed.align(ids)
    if (this.feed.length === first.position && asks.length === 1) return [await this.feed.readout([gather([first])])]
    // The row at a place is that of the token before it.
    this.feed.align(ids, first.position - 1)
    if (asks.length === 1) return this.feed.append(ids.slice(0, first.position), 'last', [gather([first])])
    if (first.position - this.feed.length > fewTokens)
      await this.feed.append(ids.slice(0, first.position - 1), 'none', [])
    const start = this.feed.length
    const at = new Map(asks.map((ask) => [ask.position, ask]))
    const places = Array.from({ length: last.position - start }, (_, i) => at.get(start + i + 1))
    const rows = await this.feed.append(ids.slice(0, last.position), 'all', [gather(places)])
    return rows.filter((_, i) => places[i] !== undefined)
  }
}

const gather = (places: readonly (Ask | undefined)[]): Readout => ({
  kind: 'gather',
  rows: places.map((ask) => Array.from(ask?.ids ?? [])),
})
