import { pairNames } from '../session/model-name.js'
import type { Readout, Session } from '../session/session.js'
import { scoreAt, topScores } from './describe.js'
import type { DecodeRequest, PromptToken } from './token.js'

/** The sessions of a request by model, those alone that it needs. */
export type Sessions = ReadonlyMap<string, Session>

/** Which models a request needs: those that its strategy reads, the DPO model for log-probabilities, the pair for detail of tokens. */
export function modelsOf({ method, topLogprobs, promptLogprobs, detail }: DecodeRequest): ReadonlySet<string> {
  const { lead, others } = method.reads([])
  return new Set([
    lead,
    ...others,
    ...(topLogprobs === null && promptLogprobs === null ? [] : ['dpo']),
    ...(detail && method.kind === 'token' ? pairNames : []),
  ])
}

/** Sends the prompt ahead to all sessions and reads the DPO model's log-probabilities of its tokens; null for the first. */
export async function readPrompt(
  sessions: Sessions,
  ids: readonly number[],
  topCount: number,
): Promise<readonly PromptToken[]> {
  const readouts: Readout[] = [{ kind: 'gather', rows: ids.map((_, i) => ids.slice(i + 1, i + 2)) }]
  if (topCount > 0) readouts.push({ kind: 'top-k', k: topCount })
  const others = [...sessions].filter(([name]) => name !== 'dpo').map(([, session]) => session.step(ids, 'last', []))
  const [rows] = await Promise.all([present(sessions.get('dpo')).step(ids, 'all', readouts), ...others])
  return ids.map((id, i) => {
    const row = i === 0 ? undefined : rows[i - 1]
    return { id, logprob: row ? scoreAt(row, 0, 0).logprob : null, top: row ? topScores(row, 1, topCount) : null }
  })
}

/** @throws TypeError where a request reads what it did not ask for: a fault of the program */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new TypeError('a model that was not asked for is needed')
  return value
}
