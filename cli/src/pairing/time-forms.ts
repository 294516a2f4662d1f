import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { EngineSenders, LogitServiceConnection, type SessionSet } from '@tandem/gateway'
import type { GetModelResponse__Output } from '@tandem/proto'
import { type Form, type FormTimes, forms, type TrialTimes } from './decide-form.js'

/** host:port of the two models of one form. */
export interface PairAddresses {
  readonly sft: string
  readonly dpo: string
}

/** A number of concurrent answers. Rounds run until `measuredMs` are over. */
interface Load {
  readonly answers: number
  readonly promptLength: number
  /** Steps of each answer in a round. */
  readonly steps: number
  readonly measuredMs: number
}

const stepTimeoutMs = 120_000
const minRounds = 3
const maxRounds = 12

const single: Load = { answers: 1, promptLength: 64, steps: 4, measuredMs: 1_200 }
/** Short prompts: sixteen long ones would take longer than the rest of the trial. */
const concurrent: Load = { answers: 16, promptLength: 8, steps: 2, measuredMs: 2_400 }

/**
 * Times a token of both models in both forms, which alternate. Both models step at once with the
 * readouts of AAD, as the gateway sends them, so the slower model counts. First one answer is
 * timed, then 16 concurrent answers, or as many as the services hold sessions for.
 * @param vocabularySize vocabulary size of both models; the token ids have no meaning
 * @throws Error if a service refuses; the signal's reason on abort
 */
export async function timeForms(
  addresses: Readonly<Record<Form, PairAddresses>>,
  vocabularySize: number,
  signal: AbortSignal,
): Promise<TrialTimes> {
  const pairs = {
    paired: new PairClient(addresses.paired, vocabularySize, signal),
    separate: new PairClient(addresses.separate, vocabularySize, signal),
  }
  // Every call in progress adds a listener.
  setMaxListeners(0, signal)
  try {
    const limits = await Promise.all(forms.map((form) => pairs[form].connect()))
    const answers = Math.min(concurrent.answers, ...limits)
    if (answers < 2)
      throw new Error(
        'the services hold too few sessions to measure several answers at once: raise max_sessions (TANDEM_MAX_SESSIONS) to 4 or more',
      )
    return {
      single: await timeLoad(single, pairs, signal),
      concurrent: { answers, ...(await timeLoad({ ...concurrent, answers }, pairs, signal)) },
    }
  } finally {
    for (const form of forms) pairs[form].close()
  }
}

async function timeLoad(
  load: Load,
  pairs: Readonly<Record<Form, PairClient>>,
  signal: AbortSignal,
): Promise<FormTimes> {
  const answers = { paired: pairs.paired.openAnswers(load), separate: pairs.separate.openAnswers(load) }
  for (const form of forms) await Promise.all(answers[form].map((answer) => answer.readPrompt(load.promptLength)))
  const times = { paired: [] as number[], separate: [] as number[] }
  let startedMs = performance.now()
  // Round -1 warms all engines and is not counted.
  for (let round = -1; round < maxRounds; round++) {
    if (round === 0) startedMs = performance.now()
    if (round >= minRounds && performance.now() - startedMs > load.measuredMs) break
    for (const form of forms) {
      const roundMs = performance.now()
      await Promise.all(answers[form].map((answer) => answer.runSteps(load.steps)))
      if (round >= 0) times[form].push((performance.now() - roundMs) / (load.steps * load.answers))
      // An engine works after an answer too, e.g. frees memory: the other form must not pay for
      // that.
      await delay(1, undefined, { signal })
    }
  }
  for (const form of forms) for (const answer of answers[form]) answer.close()
  return times
}

/** A client of both models in one form. */
class PairClient {
  private readonly services: readonly [LogitServiceConnection, LogitServiceConnection]
  /** What each service serves. */
  private served: readonly GetModelResponse__Output[] = []

  constructor(
    { sft, dpo }: PairAddresses,
    private readonly vocabularySize: number,
    private readonly signal: AbortSignal,
  ) {
    this.services = [new LogitServiceConnection('sft', sft), new LogitServiceConnection('dpo', dpo)]
  }

  /**
   * Returns how many answers can be decoded at once: one service may hold the sessions of both
   * models.
   */
  async connect(): Promise<number> {
    this.served = await Promise.all(this.services.map((service) => service.getModel(stepTimeoutMs, this.signal)))
    return Math.floor(Math.min(...this.served.map(({ maxSessions }) => maxSessions)) / 2)
  }

  /** Opens answers with different tokens. */
  openAnswers({ answers }: Load): PairSession[] {
    return Array.from({ length: answers }, (_, i) => this.openAnswer(i))
  }

  close(): void {
    for (const service of this.services) service.close()
  }

  private openAnswer(firstId: number): PairSession {
    const { vocabularySize, signal } = this
    const senders = new EngineSenders()
    const options = { vocabularyLimit: vocabularySize, stepTimeoutMs, prefixScope: '', signal, senders }
    const [sft, dpo] = this.services
    const [sftModel, dpoModel] = this.served
    const sftSet = sft.openSessions({ ...options, served: sftModel })
    return new PairSession(sftSet, dpo.openSessions({ ...options, served: dpoModel }), vocabularySize, firstId)
  }
}

/** One sequence in both models. */
class PairSession {
  private length = 0

  constructor(
    private readonly sft: SessionSet,
    private readonly dpo: SessionSet,
    private readonly vocabularySize: number,
    private readonly firstId: number,
  ) {}

  async readPrompt(length: number): Promise<void> {
    const tokenIds = this.nextIds(length)
    await Promise.all([this.sft, this.dpo].map(({ sessions: [session] }) => session.step(tokenIds, 'none', [])))
  }

  async runSteps(count: number): Promise<void> {
    const k = Math.min(64, this.vocabularySize)
    for (let i = 0; i < count; i++) {
      const tokenIds = this.nextIds(1)
      await Promise.all([
        this.dpo.sessions[0].step(tokenIds, 'last', [{ kind: 'candidates', alpha: 0.1, exclude: [] }]),
        this.sft.sessions[0].step(tokenIds, 'last', [{ kind: 'top-k', k }]),
      ])
    }
  }

  close(): void {
    for (const set of [this.sft, this.dpo]) set.close()
  }

  private nextIds(count: number): number[] {
    const start = this.length
    this.length += count
    return Array.from({ length: count }, (_, i) => (this.firstId + 7 * (start + i) + 1) % this.vocabularySize)
  }
}
