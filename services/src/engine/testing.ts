import { MessageChannel } from 'node:worker_threads'
import { emptyPrefixHash, extendPrefixHash } from '@tandem/proto'
import type { Engine } from './engine.js'
import { EngineHost, type LogitBackend } from './host.js'
import type { LogitsRow } from './logits-row.js'
import type { Step, Work, WorkOutcome } from './messages.js'
import { type EngineSettings, serveEngine } from './serve-engine.js'

/** Helpers of tests: an engine behind a port in this thread, and a client that replays what a service has lost. */

export const generousSettings: EngineSettings = {
  maxSessions: 64,
  maxBytes: 64 * 1024 * 1024,
  ttlMs: 60_000,
  graceMs: 0,
  maxQueue: 256,
  maxBatch: 16,
  maxPrompts: 1,
  prefillChunk: 5,
  strict: false,
}

/** Host and worker side joined by a channel. Close it, or the test process stays. */
export function joinEngine(engine: Engine, settings: Partial<EngineSettings> = {}) {
  const { port1, port2 } = new MessageChannel()
  const host = new EngineHost(port1)
  const end = serveEngine(port2, engine, { ...generousSettings, ...settings })
  const close = async () => {
    port1.close()
    await end()
  }
  return { host, close, port: port2 }
}

/** Logits of rows, one behind the other. */
export const logitsOf = (rows: readonly LogitsRow[]): Float32Array =>
  Float32Array.from(rows.flatMap(({ logits }) => [...logits]))

export const emptyWork: Work = { forks: [], reorder: null, steps: [], closeSessionIds: [] }
export const never = (): AbortSignal => new AbortController().signal

/** A step that appends `tokenIds` after `prefix` and reads all logits of the asked rows. */
export function stepOf(
  sessionId: string,
  prefix: readonly number[],
  tokenIds: readonly number[],
  more: Partial<Step> = {},
): Step {
  return {
    sessionId,
    variant: 'whole',
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

/** The step's outcome; where the service has lost what stands before it, that of a replay. @throws what else fails */
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

/** Full logits of the rows of the first result. */
export const rowsOf = (outcome: WorkOutcome): Float32Array[] =>
  outcome.results[0]?.rows.map((row) => row.scores[0]?.logits ?? new Float32Array(0)) ?? []
