import type { Readout, Row, Session } from '../../session/contract/session.js'
import { assertPresent } from '../assert-present.js'
import type { LoopStep, TokenLoop } from '../loop/decode-loop.js'
import type { TokenRequest } from '../loop/decode-request.js'
import { topScores } from '../loop/describe-token.js'
import { firstOf } from '../loop/read-step.js'
import type { PickedToken, TokenChoice } from '../loop/token.js'
import { advantageOf, countCandidates, logprobOf } from '../loop/token-choice.js'
import type { Reads } from '../strategies/reads.js'
import type { Follower, ScoreQuery } from './follower.js'
import { PromptLookup } from './prompt-lookup.js'
import type { SpeculationPolicy } from './speculation-policy.js'

/**
 * Rows of the leading model after the known tokens and after the
 * drafts: rows[i] follows drafts[0..i).
 */
interface Speculation {
  readonly drafts: number[]
  readonly rows: Row[]
  /** Whether the drafts come from a lookup. */
  readonly isLookup: boolean
}

/**
 * The speculative decode loop. The leading model reads draft tokens together with the known ones,
 * and the other model is queried only at open positions, where V_alpha holds several tokens. Tokens
 * are accepted up to the first wrong draft.
 *
 * The strategy decides each token from the same rows as in PlainLoop,
 * so both loops give the same tokens.
 */
export class SpeculativeLoop implements TokenLoop {
  private readonly ids: number[]
  private index = 0
  private readonly lookup: PromptLookup
  /** What the strategy reads if no id is excluded. */
  private readonly reads: Reads

  constructor(
    private readonly lead: Session,
    /** Null if the strategy reads only the leading model. */
    private readonly follower: Follower | null,
    private readonly policy: SpeculationPolicy,
    private readonly request: TokenRequest,
    vocabularySize: number,
  ) {
    this.ids = [...request.promptIds]
    this.reads = request.strategy.reads([])
    this.lookup = new PromptLookup(vocabularySize)
    this.lookup.push(this.ids)
  }

  /** Returns the next tokens: draft and read, query, accept, append. */
  async next(): Promise<LoopStep> {
    const speculation = await this.readLead()
    const queries = this.queriesFor(speculation)
    const others = await this.readOther(speculation, queries)
    const tokens = this.accept(speculation, others)
    const { drafts, isLookup } = speculation
    const accepted = tokens.filter(({ id }, i) => id === drafts[i]).length
    if (isLookup) this.policy.recordLookup(accepted, accepted < tokens.length && accepted < drafts.length)
    this.append(tokens.map(({ id }) => id))
    return { tokens, drafted: drafts.length, accepted }
  }

  private async readLead(): Promise<Speculation> {
    const missing = this.ids.slice(this.lead.position)
    const drafts = missing.length === 1 ? this.draftFromLookup() : []
    const isLookup = drafts.length > 0
    // Send the leading model's message first: a step waits longest for its answer.
    const reading = this.run([...missing, ...drafts], isLookup ? 'all' : 'last')
    this.follower?.follow([...this.ids, ...drafts], this.ids.length)
    const rows = await reading
    if (!isLookup) await this.draftFromLead(drafts, rows)
    return { drafts, rows, isLookup }
  }

  private draftFromLookup(): number[] {
    const length = Math.min(this.policy.lookupLength, this.maxDrafts)
    if (length > 0) return this.lookup.draft(length)
    this.policy.recordSkippedLookup()
    return []
  }

  /** Runs the leading model greedily from an open position, until it reaches the policy's depth. */
  private async draftFromLead(drafts: number[], rows: Row[]): Promise<void> {
    const depth = this.follower ? this.policy.draftDepth : 1
    let open = rows.every(isOpen) ? 1 : 0
    while (open > 0 && open < depth && drafts.length < this.maxDrafts) {
      const [draft] = candidatesOf(assertPresent(rows.at(-1)))
      if (draft === undefined || this.isEnd(draft)) return
      drafts.push(draft)
      const [row] = await this.run([draft], 'last')
      rows.push(assertPresent(row))
      if (isOpen(assertPresent(row))) open++
    }
  }

  private async run(ids: readonly number[], rows: 'last' | 'all'): Promise<Row[]> {
    const { readout } = this.request.strategy.reads(this.excluded)
    const { topLogprobs } = this.request
    const readouts: Readout[] = topLogprobs ? [readout, { kind: 'top-k', k: topLogprobs }] : [readout]
    return ids.length === 0 ? [await this.lead.readout(readouts)] : await this.lead.step(ids, rows, readouts)
  }

  /**
   * Lists the open positions, up to the first draft that is not a candidate and therefore wrong.
   */
  private queriesFor({ drafts, rows }: Speculation): ScoreQuery[] {
    const queries: ScoreQuery[] = []
    for (const [i, row] of rows.entries()) {
      const ids = candidatesOf(row)
      if (ids.length > 1) queries.push({ position: this.ids.length + i, ids })
      if (!ids.includes(drafts[i] ?? -1)) break
    }
    return queries
  }

  private async readOther({ drafts }: Speculation, [first, ...more]: readonly ScoreQuery[]): Promise<readonly Row[]> {
    if (!this.follower || !first) return []
    return this.follower.read([...this.ids, ...drafts], [first, ...more])
  }

  /**
   * Picks tokens up to the first wrong draft, the first unanswered query or the end of the answer.
   */
  private accept({ drafts, rows }: Speculation, others: readonly Row[]): PickedToken[] {
    const tokens: PickedToken[] = []
    const answers = others.values()
    for (const [i, row] of rows.entries()) {
      const needsOther = this.follower !== null && isOpen(row)
      const other = needsOther ? (answers.next().value ?? null) : null
      if (needsOther && !other) break
      const id = this.pick(row, other, this.index + i)
      tokens.push(this.describe(id, row, this.describeChoice(id, row, other, i > 0)))
      this.policy.recordPosition(isOpen(row), id === candidatesOf(row)[0])
      if (id !== drafts[i] || this.isEnd(id)) break
    }
    return tokens
  }

  /** Picks a token. A single candidate is picked without the other model's scores. */
  private pick(row: Row, otherRow: Row | null, index: number): number {
    const scores = assertPresent(row.scores[0])
    const [only] = scores.tokenIds
    if (this.follower && scores.tokenIds.length === 1 && only !== undefined) return only
    const others = otherRow ? [{ row: otherRow, scores: assertPresent(otherRow.scores[0]) }] : []
    const excluded = new Set(this.excluded)
    return this.request.strategy.pick({ lead: { row, scores }, others, index, excluded, adjust: () => undefined })
  }

  private describeChoice(id: number, row: Row, otherRow: Row | null, isDraft: boolean): TokenChoice {
    const { lead, others } = this.reads
    const read = { [lead]: firstOf(row), ...(otherRow && { [others[0] ?? '']: firstOf(otherRow) }) }
    return {
      candidateCount: countCandidates(this.reads, candidatesOf(row)),
      advantage: advantageOf(logprobOf(id, read.dpo), logprobOf(id, read.sft)),
      isDraft,
    }
  }

  private describe(id: number, row: Row, choice: TokenChoice): PickedToken {
    const { topLogprobs } = this.request
    if (topLogprobs === null) return { id, logprob: null, top: [], detail: null, choice }
    const at = candidatesOf(row).indexOf(id)
    const logprob = (row.scores[0]?.logits[at] ?? Number.NaN) - row.logSumExp
    return { id, logprob, top: topScores(row, 1, topLogprobs), detail: null, choice }
  }

  private append(ids: readonly number[]): void {
    this.ids.push(...ids)
    this.lookup.push(ids)
    this.index += ids.length
    // No row follows the last token yet, so the next step sends it.
    this.lead.truncate(Math.min(this.lead.position, this.ids.length - 1))
  }

  /** Ids that cannot be picked at this position. */
  private get excluded(): readonly number[] {
    return this.index < this.request.minTokens ? this.request.endTokenIds : []
  }

  /**
   * Maximum number of drafts: none while ids are excluded, because the
   * excluded ids change within the drafts.
   */
  private get maxDrafts(): number {
    const { maxTokens, minTokens } = this.request
    return this.index < minTokens ? 0 : Math.max(0, maxTokens - this.index - 1)
  }

  private isEnd(id: number): boolean {
    return this.request.endTokenIds.includes(id)
  }
}

const candidatesOf = (row: Row): Uint32Array => assertPresent(row.scores[0]).tokenIds
/** Whether the strategy has a choice at this row: V_alpha holds several tokens. */
const isOpen = (row: Row): boolean => candidatesOf(row).length > 1
