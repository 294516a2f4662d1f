import { fileURLToPath } from 'node:url'
import type { ServerCredentials, ServerDuplexStream } from '@grpc/grpc-js'
import {
  emptyPrefixHash,
  extendPrefixHash,
  type GetLoadResponse,
  type GetModelResponse,
  LogitService,
  type LogitServiceHandlers,
  type Step__Output,
  type StepError,
  type StepRequest__Output,
  type StepResponse,
  type StepResult,
  toBytes,
  type WireReadout__Output,
  type WireRow,
} from '@tandem/proto'
import { sendTextFiles, ToyServer } from './toy-server.js'

type StepCall = ServerDuplexStream<StepRequest__Output, StepResponse>
const fixture = fileURLToPath(new URL('../../../test/fixtures/tiny/llama-tied/', import.meta.url))

/** Added to preferred logits, in nats: e^-30 is below all probabilities that a test samples. */
const preference = 40

/**
 * A logit service in this process, with the real contract. Its logits are a hash of the preceding
 * tokens.
 */
export class ToyService {
  readonly model: GetModelResponse = {
    modelId: 'toy',
    version: 'a'.repeat(64),
    role: 'toy',
    vocabularySize: 512,
    tokenizerFingerprint: 'b'.repeat(64),
    chatTemplateFingerprint: 'c'.repeat(64),
    eosTokenIds: [2],
    contextLength: 64,
    precision: 'fp32',
    adapter: '',
    adapterScale: 0,
    kvBytesPerToken: 4,
    engine: 'toy',
  }
  readonly sessions = new Map<string, number[]>()
  /** Contents of text files by name, which replace those of the fixture. */
  readonly textFiles = new Map<string, string>()
  /** Awaited before each answer. */
  beforeStep: (step: Step__Output) => void | Promise<void> = () => undefined
  /** Sent once instead of the next answer. */
  nextError: StepError | undefined
  /** Returns what is sent instead of a response: several messages, another one, or none. */
  corrupt: (response: StepResponse) => readonly StepResponse[] = (response) => [response]
  /** Sent once instead of the answer to the next message with forks or a reorder. */
  nextSessionOpsError: StepError | undefined
  /**
   * Ids that are far more likely than all others after these ids. An empty list leaves the hash
   * unchanged.
   */
  prefer: (ids: readonly number[]) => readonly number[] = () => []
  isServing = true
  load: GetLoadResponse = { sessions: 0, maxSessions: 64, kvBytes: 0, maxKvBytes: 1_000_000, queued: 0, maxQueued: 256 }
  /** An id whose logit is -Infinity. */
  impossibleToken: number | undefined
  /** Steps received so far, and their messages. */
  steps: Step__Output[] = []
  messages: StepRequest__Output[] = []
  private readonly server = new ToyServer(
    (server) => server.addService(LogitService.service, this.handlers()),
    () => this.isServing,
  )

  /** @param salt makes the distribution of this model differ from others */
  constructor(private readonly salt: number) {}

  /** Starts the service and returns its address, host:port. */
  start = (port = 0, credentials?: ServerCredentials): Promise<string> => this.server.start(port, credentials)

  /** Cuts every connection, as a killed process does. */
  kill(): void {
    this.server.kill()
    this.sessions.clear()
  }

  /** The expected log-probabilities of the next token, by id. */
  logProbabilities(ids: readonly number[], limit = this.model.vocabularySize ?? 0): Float64Array {
    const logits = this.logits(ids).subarray(0, limit)
    const logSumExp = logSumExpOf(logits)
    return Float64Array.from(logits, (logit) => logit - logSumExp)
  }

  private logits(ids: readonly number[]): Float32Array {
    let hash = this.salt
    for (const id of ids) hash = (hash * 31 + id + 11) % 65521
    const shared = ids.reduce((sum, id) => (sum * 17 + id) % 4093, 5)
    const logits = Float32Array.from({ length: this.model.vocabularySize ?? 0 }, (_, v) => {
      if (v === this.impossibleToken) return Number.NEGATIVE_INFINITY
      const common = (((shared + 1) * (v + 3) * 7919) % 10007) / 1500
      return common + (((hash + 1) * (v + 5) * 104729) % 9973) / 8000
    })
    for (const id of this.prefer(ids)) logits[id] = (logits[id] ?? 0) + preference
    return logits
  }

  private handlers(): LogitServiceHandlers {
    return {
      GetModel: (_call, answer) => answer(null, this.model),
      GetLoad: (_call, answer) => answer(null, this.load),
      GetTextFiles: (call) => sendTextFiles(fixture, this.textFiles, call),
      Step: (_call, answer) => answer(null, { results: [] }),
      StepStream: (call) => this.serve(call),
    }
  }

  private serve(call: StepCall): void {
    const touched = new Set<string>()
    let last: Promise<void> = Promise.resolve()
    const finish = () => {
      for (const id of touched) this.sessions.delete(id)
    }
    call.on('data', (request: StepRequest__Output) => {
      const arrivedMs = performance.now()
      last = last.then(async () => {
        const startedMs = performance.now()
        this.messages.push(request)
        const { requestId } = request
        for (const { toSessionId } of request.forks) touched.add(toSessionId)
        for (const id of request.reorder?.sessionIds ?? []) touched.add(id)
        const error = this.applySessionOps(request)
        const results: StepResult[] = []
        for (const step of error ? [] : request.steps) {
          touched.add(step.sessionId)
          await this.beforeStep(step)
          if (!call.cancelled) results.push(this.answer(step))
        }
        for (const id of request.closeSessionIds) this.sessions.delete(id)
        const hasForward = request.steps.some(({ tokenIds }) => tokenIds.length > 0)
        const queueUs = toUs(startedMs - arrivedMs)
        const computeUs = hasForward ? toUs(performance.now() - startedMs) : 0
        if (call.cancelled) finish()
        else for (const sent of this.corrupt({ requestId, results, error, queueUs, computeUs })) call.write(sent)
      })
    })
    call.on('end', () => {
      last = last.then(() => {
        finish()
        call.end()
      })
    })
    call.on('cancelled', finish)
    call.on('error', finish)
  }

  /** Applies the forks, then the reorder. */
  private applySessionOps({ forks, reorder }: StepRequest__Output): StepError | null {
    const error = this.nextSessionOpsError
    this.nextSessionOpsError = undefined
    if (error) return error
    for (const { fromSessionId, toSessionId } of forks) {
      const held = this.sessions.get(fromSessionId)
      if (!held) return { code: 9, message: `session ${fromSessionId} is not held` }
      this.sessions.set(toSessionId, [...held])
    }
    if (!reorder) return null
    const { sessionIds, parents } = reorder
    const held = parents.map((parent) => this.sessions.get(sessionIds[parent] ?? ''))
    if (held.includes(undefined)) return { code: 9, message: 'a parent session is not held' }
    sessionIds.forEach((id, i) => {
      this.sessions.set(id, [...(held[i] ?? [])])
    })
    return null
  }

  private answer(step: Step__Output): StepResult {
    this.steps.push(step)
    const error = this.nextError
    this.nextError = undefined
    if (error) return { error }
    const held = this.sessions.get(step.sessionId) ?? []
    const before = held.slice(0, step.position)
    if (held.length < step.position || extendPrefixHash(emptyPrefixHash, before).toString() !== step.prefixHash)
      return { error: { code: 9, message: `holds ${held.length} tokens`, heldPosition: held.length } }
    const ids = [...before, ...step.tokenIds]
    this.sessions.set(step.sessionId, ids)
    const ends = step.rows === 'ROWS_ALL' ? step.tokenIds.map((_, i) => step.position + i + 1) : [ids.length]
    if (step.rows === 'ROWS_NONE') return { position: ids.length, rows: [] }
    return { position: ids.length, rows: ends.map((end, i) => this.row(ids.slice(0, end), i, step)) }
  }

  private row(ids: readonly number[], index: number, { readouts, vocabularyLimit }: Step__Output): WireRow {
    const logits = this.logits(ids).subarray(0, vocabularyLimit || undefined)
    return {
      logSumExp: logSumExpOf(logits),
      max: Math.max(...logits),
      scores: readouts.map((readout) => read(logits, readout, index)),
    }
  }
}

/** Converts milliseconds to whole microseconds. */
const toUs = (ms: number): number => Math.floor(ms * 1000)

function read(logits: Float32Array, { candidates, gather, topK }: WireReadout__Output, index: number) {
  const at = (ids: readonly number[]) => Float32Array.from(ids, (id) => logits[id] ?? Number.NaN)
  if (gather) return { logits: toBytes(at((gather.rows[index] ?? gather.rows[0])?.ids ?? [])) }
  const order = Array.from(logits.keys()).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b)
  const withIds = (ids: number[]) => ({ tokenIds: toBytes(Uint32Array.from(ids)), logits: toBytes(at(ids)) })
  if (topK) return withIds(order.slice(0, topK.k))
  if (!candidates) return { logits: toBytes(Float32Array.from(logits)) }
  const allowed = order.filter((id) => !candidates.exclude.includes(id))
  const least = (logits[allowed[0] ?? 0] ?? 0) + Math.log(candidates.alpha)
  return withIds(allowed.filter((id) => (logits[id] ?? 0) >= least))
}

function logSumExpOf(logits: Float32Array): number {
  const max = Math.max(...logits)
  return max + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - max), 0))
}
