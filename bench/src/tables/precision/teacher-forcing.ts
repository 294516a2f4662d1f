import { endTokenId, type GoldenRow, type GraphSession } from '@tandem/test'
import { median } from '../../measure/statistics.js'
import type { Steps } from './measures.js'

/** Returns the golden token of every step of every answer, including the end tokens. */
export function goldenIdsOf(rows: readonly GoldenRow[]): number[] {
  return rows.flatMap((row) => (row.finish === 'stop' ? [...row.token_ids, endTokenId] : row.token_ids))
}

/**
 * Returns the logits of every step along the golden answers. The prompt is one run and each token
 * after it another, as in decoding.
 */
export async function forceAnswers(session: GraphSession, rows: readonly GoldenRow[]): Promise<Steps> {
  const steps: Float32Array[] = []
  for (const row of rows) {
    session.truncate(0)
    steps.push(await session.append(row.prompt_ids))
    const appended = row.finish === 'stop' ? row.token_ids : row.token_ids.slice(0, -1)
    for (const id of appended) steps.push(await session.append([id]))
  }
  return steps
}

/**
 * Measures a one-token step of each session after `context` tokens. The sessions alternate, so that
 * changes of the machine's speed affect all of them alike.
 * @returns the median of each session, in milliseconds
 */
export async function timeSteps(sessions: readonly GraphSession[], context: number, rounds: number): Promise<number[]> {
  const ids = Array.from({ length: context }, (_, i) => 300 + i)
  const times: number[][] = sessions.map(() => [])
  for (const session of sessions) {
    session.truncate(0)
    await session.append(ids)
  }
  for (let round = 0; round < rounds; round++)
    for (const [i, session] of sessions.entries()) {
      await session.append([500])
      times[i]?.push(session.lastRunMs)
      session.truncate(context)
    }
  return times.map(median)
}
