import { emptyPrefixHash, extendPrefixHash } from '@tandem/proto'
import type { LogitsRow } from '../logits/logits-row.js'
import type { LogitBackend } from '../thread/host.js'
import type { Step, Work, WorkOutcome } from '../work.js'

/** Concatenates the logits of rows. */
export const logitsOf = (rows: readonly LogitsRow[]): Float32Array =>
  Float32Array.from(rows.flatMap(({ logits }) => [...logits]))

export const emptyWork: Work = { forks: [], reorder: null, steps: [], closeSessionIds: [] }
export const never = (): AbortSignal => new AbortController().signal

/** Builds a step that appends `tokenIds` after `prefix` and reads all logits of its rows. */
export function stepOf(
  sessionId: string,
  prefix: readonly number[],
  tokenIds: readonly number[],
  more: Partial<Step> = {},
): Step {
  return {
    sessionId,
    variant: 'adapted',
    prefixScope: '',
    position: prefix.length,
    prefixHash: extendPrefixHash(emptyPrefixHash, prefix),
    tokenIds: Uint32Array.from(tokenIds),
    rows: 'all',
    readouts: [{ kind: 'full' }],
    vocabularyLimit: 32,
    ...more,
  }
}

/**
 * Runs a step, and replays the session if the service has lost it.
 * @throws Error if anything else fails
 */
export async function runReplaying(
  backend: LogitBackend,
  tokens: readonly number[],
  step: Step,
  onReplay: () => unknown = () => undefined,
): Promise<WorkOutcome> {
  const outcome = await backend.run({ ...emptyWork, steps: [step] }, never())
  const failure = failureOf(outcome)
  if (failure === null) return outcome
  if (failure.held === null) throw new Error(failure.message)
  onReplay()
  const { position, prefixHash } = failure.held
  const isPrefix = extendPrefixHash(emptyPrefixHash, tokens.slice(0, position)) === prefixHash
  const from = isPrefix ? Math.min(position, tokens.length - 1) : 0
  const { rows, readouts, vocabularyLimit } = step
  const replay = stepOf(step.sessionId, tokens.slice(0, from), tokens.slice(from), { rows, readouts, vocabularyLimit })
  const replayed = await backend.run({ ...emptyWork, steps: [replay] }, never())
  const again = failureOf(replayed)
  if (again !== null) throw new Error(`after a replay: ${again.message}`)
  return replayed
}

const failureOf = (outcome: WorkOutcome) => outcome.failure ?? outcome.results[0]?.failure ?? null

/** Returns the full logits of the rows of the first result. */
export const rowsOf = (outcome: WorkOutcome): Float32Array[] =>
  outcome.results[0]?.rows.map((row) => row.scores[0]?.logits ?? new Float32Array(0)) ?? []
