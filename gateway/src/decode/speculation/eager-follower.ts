import type { Row } from '../../session/session.js'
import type { Feed } from './synced-session.js'
import type { Ask, Follower } from './follower.js'

/** Read unasked at every place: V_alpha is hardly ever outside the other model's best ids. */
const readAheadCount = 64

/** Runs the other model ahead of the asks, as soon as tokens are known or guessed; what has gathered during a run is the next one. */
export class EagerFollower implements Follower {
  private target: readonly number[] = []
  private known = 0
  private running: Promise<void> | null = null
  /** Of the last run, by position: the best ids after so many tokens. */
  private rows = new Map<number, Row>()

  constructor(private readonly feed: Feed) {}

  follow(ids: readonly number[], known: number): void {
    this.target = ids
    this.known = known
    if (this.running) return
    this.running = this.catchUp().finally(() => {
      this.running = null
    })
    // Whoever reads next runs into the same fault; here nobody waits for it.
    this.running.catch(() => undefined)
  }

  async read(ids: readonly number[], asks: readonly [Ask, ...Ask[]]): Promise<readonly Row[]> {
    while (!this.feed.holds(ids)) {
      this.follow(ids, this.known)
      await this.running
    }
    const answers: Row[] = []
    for (const ask of asks) {
      const answer = gatherFrom(this.rows.get(ask.position), ask.ids)
      if (!answer) break
      answers.push(answer)
    }
    return answers.length > 0 ? answers : [await this.gather(ids, asks[0])]
  }

  private async catchUp(): Promise<void> {
    while (!this.feed.holds(this.target)) await this.run(this.target, this.known)
  }

  private async run(ids: readonly number[], known: number): Promise<void> {
    this.feed.align(ids)
    const rows = known < ids.length ? 'all' : 'last'
    const read = await this.feed.append(ids, rows, [{ kind: 'top-k', k: readAheadCount }])
    const before = ids.length - read.length
    this.rows = new Map(read.map((row, i) => [before + i + 1, row]))
  }

  /** Asks for what the best ids do not hold; gives up the tokens behind, which follow again. */
  private async gather(ids: readonly number[], { position, ids: asked }: Ask): Promise<Row> {
    await this.running
    this.feed.align(ids, position)
    return this.feed.readout([{ kind: 'gather', rows: [Array.from(asked)] }])
  }
}

/** The row with the scores of `ids` alone; undefined where it lacks one. */
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
