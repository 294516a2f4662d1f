import type { Readout } from '../../session/contract/session.js'
import { assertPresent } from '../assert-present.js'
import { scoreAt, topScores } from './describe-token.js'
import type { ModelSessions } from './model-sessions.js'
import type { PromptToken } from './token.js'

/**
 * Sends the prompt to all sessions and reads one model's log-probabilities of its tokens.
 * @param model the name of that model
 * @param topCount number of the most likely tokens to list at each position
 */
export async function readPrompt(
  sessions: ModelSessions,
  ids: readonly number[],
  { model, topCount }: { readonly model: string; readonly topCount: number },
): Promise<readonly PromptToken[]> {
  const readouts: Readout[] = [{ kind: 'gather', rows: ids.map((_, i) => ids.slice(i + 1, i + 2)) }]
  if (topCount > 0) readouts.push({ kind: 'top-k', k: topCount })
  const others = [...sessions].filter(([name]) => name !== model).map(([, session]) => session.step(ids, 'last', []))
  const [rows] = await Promise.all([assertPresent(sessions.get(model)).step(ids, 'all', readouts), ...others])
  return ids.map((id, i) => {
    const row = i === 0 ? undefined : rows[i - 1]
    return { id, logprob: row ? scoreAt(row, 0, 0).logprob : null, top: row ? topScores(row, 1, topCount) : null }
  })
}
