import type { Readout, Row, Session } from '../../session/session.js'
import type { DecodeLoop, DecodeSurroundings } from '../loop/decode-loop.js'
import { topScores } from '../loop/describe-token.js'
import type { DecodePath } from '../loop/decode-path.js'
import { present } from '../assert-present.js'
import type { Token } from '../loop/token.js'
import type { TokenRequest } from '../loop/decode-request.js'
import { EagerFollower } from './eager-follower.js'
import { Feed } from './synced-session.js'
import type { Ask, Follower } from './follower.js'
import { createGuessing, type Guessing } from './speculation-policy.js'
import { LazyFollower } from './lazy-follower.js'
import { PromptLookup } from './prompt-lookup.js'

/** What the leading model says of the known tokens and of guesses behind them: rows[i] follows guesses[0..i). */
interface Window {
  readonly guesses: number[]
  readonly rows: Row[]
  /** Whether the guesses were looked up. */
  readonly isLookup: boolean
}

/**
 * The decode loop in windows: the leading model reads guesses together with what is known, the other model is asked only where
 * V_alpha leaves a choice, and tokens are accepted up to the first one that was guessed wrong. The strategy's own rule decides each
 * token from the rows that PlainLoop would have read, so the tokens are PlainLoop's.
 */
export class WindowLoop implements DecodeLoop {
  private readonly ids: number[]
  private index = 0
  private readonly lookup: PromptLookup

  constructor(
    private readonly lead: Session,
    /** Null where the strategy reads the leading model alone. */
    private readonly follower: Follower | null,
    private readonly guessing: Guessing,
    private readonly request: TokenRequest,
    vocabularySize: number,
  ) {
    this.ids = [...request.promptIds]
    this.lookup = new PromptLookup(vocabularySize)
    this.lookup.push(this.ids)
  }

  /** Read, ask, accept, append. */
  async next(): Promise<readonly Token[]> {
    const window = await this.readLead()
    const asks = this.asksOf(window)
    const others = await this.askOther(window, asks)
    const tokens = this.accept(window, others)
    this.append(tokens.map(({ id }) => id))
    return tokens
  }

  private async readLead(): Promise<Window> {
    const missing = this.ids.slice(this.lead.position)
    const guesses = missing.length === 1 ? this.lookUp() : []
    const isLookup = guesses.length > 0
    // The leader's message leaves first: its answer is what a step waits for longest.
    const reading = this.run([...missing, ...guesses], isLookup ? 'all' : 'last')
    this.follower?.follow([...this.ids, ...guesses], this.ids.length)
    const rows = await reading
    if (!isLookup) await this.draft(guesses, rows)
    return { guesses, rows, isLookup }
  }

  private lookUp(): number[] {
    const length = Math.min(this.guessing.lookupLength, this.room)
    if (length > 0) return this.lookup.guess(length)
    this.guessing.rest()
    return []
  }

  /** The leader runs on by its own first choice, from a place with a choice up to the depth's last one. */
  private async draft(guesses: number[], rows: Row[]): Promise<void> {
    const depth = this.follower ? this.guessing.draftDepth : 1
    let open = rows.every(isOpen) ? 1 : 0
    while (open > 0 && open < depth && guesses.length < this.room) {
      const [guess] = candidatesOf(present(rows.at(-1)))
      if (guess === undefined || this.isEnd(guess)) return
      guesses.push(guess)
      const [row] = await this.run([guess], 'last')
      rows.push(present(row))
      if (isOpen(present(row))) open++
    }
  }

  private async run(ids: readonly number[], rows: 'last' | 'all'): Promise<Row[]> {
    const { readout } = this.request.method.reads(this.excluded)
    const { topLogprobs } = this.request
    const readouts: Readout[] = topLogprobs ? [readout, { kind: 'top-k', k: topLogprobs }] : [readout]
    return ids.length === 0 ? [await this.lead.readout(readouts)] : await this.lead.step(ids, rows, readouts)
  }

  /** Where the other model is needed, as far as the guesses can be right. */
  private asksOf({ guesses, rows }: Window): Ask[] {
    const asks: Ask[] = []
    for (const [i, row] of rows.entries()) {
      const ids = candidatesOf(row)
      if (ids.length > 1) asks.push({ position: this.ids.length + i, ids })
      if (!ids.includes(guesses[i] ?? -1)) break
    }
    return asks
  }

  private async askOther({ guesses }: Window, [first, ...more]: readonly Ask[]): Promise<readonly Row[]> {
    if (!this.follower || !first) return []
    return this.follower.read([...this.ids, ...guesses], [first, ...more])
  }

  /** The tokens that are certain: up to the first guess that is wrong, the first unanswered ask or the end. */
  private accept({ guesses, rows, isLookup }: Window, others: readonly Row[]): Token[] {
    const tokens: Token[] = []
    const answers = others.values()
    for (const [i, row] of rows.entries()) {
      const other = this.follower && isOpen(row) ? (answers.next().value ?? null) : null
      if (this.follower && isOpen(row) && !other) break
      const id = this.pick(row, other, this.index + i)
      tokens.push(this.describe(id, row))
      this.guessing.recordPlace(isOpen(row), id === candidatesOf(row)[0])
      if (id !== guesses[i] || this.isEnd(id)) break
    }
    if (isLookup) {
      const hits = tokens.filter(({ id }, i) => id === guesses[i]).length
      this.guessing.recordLookup(hits, hits < tokens.length && hits < guesses.length)
    }
    return tokens
  }

  /** A choice of one is none: the other model's say is not needed. */
  private pick(row: Row, otherRow: Row | null, index: number): number {
    const scores = present(row.scores[0])
    const [only] = scores.tokenIds
    if (this.follower && scores.tokenIds.length === 1 && only !== undefined) return only
    const others = otherRow ? [{ row: otherRow, scores: present(otherRow.scores[0]) }] : []
    const excluded = new Set(this.excluded)
    return this.request.method.pick({ lead: { row, scores }, others, index, excluded, adjust: () => undefined })
  }

  private describe(id: number, row: Row): Token {
    const { topLogprobs } = this.request
    if (topLogprobs === null) return { id, logprob: null, top: [], detail: null }
    const at = candidatesOf(row).indexOf(id)
    const logprob = (row.scores[0]?.logits[at] ?? Number.NaN) - row.logSumExp
    return { id, logprob, top: topScores(row, 1, topLogprobs), detail: null }
  }

  private append(ids: readonly number[]): void {
    this.ids.push(...ids)
    this.lookup.push(ids)
    this.index += ids.length
    // The last token has no row yet.
    this.lead.truncate(Math.min(this.lead.position, this.ids.length - 1))
  }

  /** Ids that may not be picked now. */
  private get excluded(): readonly number[] {
    return this.index < this.request.minTokens ? this.request.endTokenIds : []
  }

  /** How many tokens may be guessed: none while ids are excluded, since what is excluded changes behind them. */
  private get room(): number {
    const { maxTokens, minTokens } = this.request
    return this.index < minTokens ? 0 : Math.max(0, maxTokens - this.index - 1)
  }

  private isEnd(id: number): boolean {
    return this.request.endTokenIds.includes(id)
  }
}

/** @throws TypeError where the leading model has no session: a fault of the program */
export function createWindowLoop(
  { sessions, sharesDevice, isCrowded }: DecodeSurroundings,
  request: TokenRequest,
): WindowLoop {
  const { path, promptIds, method, vocabularySize } = request
  const {
    lead,
    others: [other],
  } = method.reads([])
  const isLazy = isLazyPath(path, other !== undefined && sharesDevice(lead, other))
  const createFollower = (name: string): Follower => {
    const feed = new Feed(present(sessions.get(name)), promptIds)
    return isLazy ? new LazyFollower(feed) : new EagerFollower(feed)
  }
  const follower = other === undefined ? null : createFollower(other)
  const guessing = createGuessing(path, isLazy, isCrowded)
  return new WindowLoop(present(sessions.get(lead)), follower, guessing, request, vocabularySize)
}

const isLazyPath = (path: DecodePath, sharesDevice: boolean) =>
  path === 'lazy' || path === 'draft' || (path !== 'eager' && sharesDevice)

const candidatesOf = (row: Row): Uint32Array => present(row.scores[0]).tokenIds
const isOpen = (row: Row): boolean => candidatesOf(row).length > 1
