import type { Readout, Session } from '../session/session.js'
import { scoreAt, topScores } from './describe.js'
import type { ModelRole } from './strategies/strategy.js'
import type { DecodeRequest, PromptToken } from './token.js'

/** The sessions of a request; the other model's is null where nothing asks for it. */
export type Sessions = Readonly<Record<ModelRole, Session | null>>

/** Which models a request needs: the one its strategy reads, the DPO model for log-probabilities, both for detail. */
export function modelsOf(request: Pick<DecodeRequest, 'method' | 'topLogprobs' | 'detail'>): ReadonlySet<ModelRole> {
  const { lead, gathersOther } = request.method.reads([])
  if (gathersOther || request.detail) return new Set(['dpo', 'sft'])
  return new Set(request.topLogprobs === null ? [lead] : [lead, 'dpo'])
}

/** Sends the prompt ahead to all sessions and reads the DPO model's log-probabilities of its tokens; null for the first. */
export async function readPrompt(
  sessions: Sessions,
  ids: readonly number[],
  topCount: number,
): Promise<readonly PromptToken[]> {
  const readouts: Readout[] = [{ kind: 'gather', rows: ids.map((_, i) => ids.slice(i + 1, i + 2)) }]
  if (topCount > 0) readouts.push({ kind: 'top-k', k: topCount })
  const [rows = []] = await Promise.all([sessions.dpo?.step(ids, 'all', readouts), sessions.sft?.step(ids, 'last', [])])
  return ids.map((id, i) => {
    const row = i === 0 ? undefined : rows[i - 1]
    return { id, logprob: row ? scoreAt(row, 0, 0).logprob : null, top: row ? topScores(row, 1, topCount) : null }
  })
}

export const otherOf = (role: ModelRole): ModelRole => (role === 'dpo' ? 'sft' : 'dpo')

/** @throws TypeError where a request reads what it did not ask for: a fault of the program */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new TypeError('a model that was not asked for is needed')
  return value
}
