import { endTokenId, type GoldenRow } from '../support/fixtures.js'
import type { GraphSession } from '../support/graph-session.js'
import type { Steps } from './measures.js'

/** The golden token of every step of every answer, its end token included. */
export function goldenIdsOf(rows: readonly GoldenRow[]): number[] {
  return rows.flatMap((row) => (row.finish === 'stop' ? [...row.token_ids, endTokenId] : row.token_ids))
}

/** Logits of every step along the golden answers: the prompt in one run, then token by token, as decoding does it. */
export async function forceAnswers(session: GraphSession, rows: readonly GoldenRow[]): Promise<Steps> {
  const steps: Float32Array[] = []
  for (const row of rows) {
    session.truncate(0)
    steps.push(await session.append(row.prompt_ids))
    const fed = row.finish === 'stop' ? row.token_ids : row.token_ids.slice(0, -1)
    for (const id of fed) steps.push(await session.append([id]))
  }
  return steps
}

/**
 * Milliseconds of a one-token step of each session at a context of `context` tokens: medians, the sessions taken in turn
 * so that all of them meet the same machine.
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

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
