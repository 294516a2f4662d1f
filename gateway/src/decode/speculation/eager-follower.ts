import type { Row } from '../../session/contract/session.js'
import type { Follower, ScoreQuery } from './follower.js'
import type { SyncedSession } from './synced-session.js'

/**
 * Number of most likely ids to read at each position in advance.
 * V_alpha is hardly ever outside of them.
 */
const readAheadCount = 64

/**
 * Runs the other model as soon as tokens are known or drafted, before it is queried.
 * Tokens that arrive during a run form the next run.
 */
export class EagerFollower implements Follower {
  private target: readonly number[] = []
  private known = 0
  private running: Promise<void> | null = null
  /** Rows of the last run, with the most likely ids, by the number of tokens before them. */
  private rows = new Map<number, Row>()

  constructor(private readonly session: SyncedSession) {}

  follow(ids: readonly number[], known: number): void {
    this.target = ids
    this.known = known
    if (this.running) return
    this.running = this.catchUp().finally(() => {
      this.running = null
    })
    // The next read meets the same error and throws it; no call waits for it here.
    this.running.catch(() => undefined)
  }

  async read(ids: readonly number[], queries: readonly [ScoreQuery, ...ScoreQuery[]]): Promise<readonly Row[]> {
    while (!this.session.holds(ids)) {
      this.follow(ids, this.known)
      await this.running
    }
    const answers: Row[] = []
    for (const query of queries) {
      const answer = gatherFrom(this.rows.get(query.position), query.ids)
      if (!answer) break
      answers.push(answer)
    }
    return answers.length > 0 ? answers : [await this.gather(ids, queries[0])]
  }

  private async catchUp(): Promise<void> {
    while (!this.session.holds(this.target)) await this.run(this.target, this.known)
  }

  private async run(ids: readonly number[], known: number): Promise<void> {
    this.session.align(ids)
    const rows = known < ids.length ? 'all' : 'last'
    const read = await this.session.append(ids, rows, [{ kind: 'top-k', k: readAheadCount }])
    const before = ids.length - read.length
    this.rows = new Map(read.map((row, i) => [before + i + 1, row]))
  }

  /**
   * Reads ids that are not among the most likely ones. It truncates the
   * later tokens, which are sent again.
   */
  private async gather(ids: readonly number[], query: ScoreQuery): Promise<Row> {
    await this.running
    this.session.align(ids, query.position)
    return this.session.readout([{ kind: 'gather', rows: [Array.from(query.ids)] }])
  }
}

/** Returns the row with only the scores of `ids`; undefined if the row lacks one of them. */
function gatherFrom(row: Row | undefined, ids: Uint32Array): Row | undefined {
  const [best] = row?.scores ?? []
  if (!row || !best) return undefined
  const logits = new Float32Array(ids.length)
  for (const [i, id] of ids.entries()) {
    const at = best.tokenIds.indexOf(id)
    if (at < 0) return undefined
    logits[i] = best.logits[at] ?? Number.NaN
  }
  return { ...row, scores: [{ tokenIds: ids, logits }] }
}
