import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { EngineSenders, LogitServiceConnection, type SessionSet } from '@tandem/gateway'
import { type Form, type FormTimes, forms, type TrialTimes } from './verdict.js'

/** host:port of the two models of one form. */
export interface PairAddresses {
  readonly sft: string
  readonly dpo: string
}

/** Answers that are decoded at once, and how long they are timed: rounds until `measuredMs` are over, within these numbers. */
interface Load {
  readonly answers: number
  readonly promptLength: number
  /** Of each answer in a round. */
  readonly steps: number
  readonly measuredMs: number
  readonly leastRounds: number
  readonly mostRounds: number
}

const stepTimeoutMs = 120_000

const one: Load = { answers: 1, promptLength: 64, steps: 4, measuredMs: 1_200, leastRounds: 3, mostRounds: 12 }
/** Short prompts: to read sixteen long ones would take longer than the rest of the trial. */
const crowd: Load = { answers: 16, promptLength: 8, steps: 2, measuredMs: 2_400, leastRounds: 3, mostRounds: 12 }

/**
 * Times a token of both models in both forms, in turn: one step of each model at once, as the gateway sends them and with the readouts of
 * AAD, as long as the slower takes. First for one answer, then for a crowd of them: 16, or as many as the services hold sessions for.
 * @param vocabularySize of both models; the tokens that are run mean nothing
 * @throws Error where a service refuses; the signal's reason on abort
 */
export async function timeForms(
  addresses: Readonly<Record<Form, PairAddresses>>,
  vocabularySize: number,
  signal: AbortSignal,
): Promise<TrialTimes> {
  const pairs = {
    paired: new PairClient(addresses.paired, vocabularySize, signal),
    apart: new PairClient(addresses.apart, vocabularySize, signal),
  }
  // Every call that is under way listens.
  setMaxListeners(0, signal)
  try {
    const most = await Promise.all(forms.map((form) => pairs[form].connect()))
    const answers = Math.min(crowd.answers, ...most)
    return {
      one: await timeLoad(one, pairs, signal),
      crowd: { answers, ...(await timeLoad({ ...crowd, answers }, pairs, signal)) },
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
  const answers = { paired: await pairs.paired.openAnswers(load), apart: await pairs.apart.openAnswers(load) }
  for (const form of forms) await Promise.all(answers[form].map((answer) => answer.readPrompt(load.promptLength)))
  const times = { paired: [] as number[], apart: [] as number[] }
  let beganMs = performance.now()
  // The first round warms all engines and is not counted.
  for (let round = -1; round < load.mostRounds; round++) {
    if (round === 0) beganMs = performance.now()
    if (round >= load.leastRounds && performance.now() - beganMs > load.measuredMs) break
    for (const form of forms) {
      const startMs = performance.now()
      await Promise.all(answers[form].map((answer) => answer.takeSteps(load.steps)))
      if (round >= 0) times[form].push((performance.now() - startMs) / (load.steps * load.answers))
      // What an engine does after an answer, such as giving back memory, is not the other form's.
      await delay(1, undefined, { signal })
    }
  }
  for (const form of forms) for (const answer of answers[form]) answer.close()
  return times
}

/** Both models in one form. */
class PairClient {
  private readonly services: readonly [LogitServiceConnection, LogitServiceConnection]

  constructor(
    { sft, dpo }: PairAddresses,
    private readonly vocabularySize: number,
    private readonly signal: AbortSignal,
  ) {
    this.services = [new LogitServiceConnection('sft', sft), new LogitServiceConnection('dpo', dpo)]
  }

  /** @returns how many answers can be decoded at once: both models' sessions may be held by one service */
  async connect(): Promise<number> {
    const counts = this.services.map(async (service) => {
      const model = await service.getModel(stepTimeoutMs, this.signal)
      service.pin(model)
      return model.maxSessions
    })
    return Math.floor(Math.min(...(await Promise.all(counts))) / 2)
  }

  /** Each with tokens of its own. */
  openAnswers({ answers }: Load): Promise<PairSession[]> {
    return Promise.all(Array.from({ length: answers }, (_, i) => this.openAnswer(i)))
  }

  close(): void {
    for (const service of this.services) service.close()
  }

  private async openAnswer(firstId: number): Promise<PairSession> {
    const { vocabularySize, signal } = this
    const senders = new EngineSenders()
    const options = { vocabularyLimit: vocabularySize, stepTimeoutMs, prefixScope: '', signal, senders }
    const [sft, dpo] = this.services
    const sets = await Promise.all([sft.openSessions(options), dpo.openSessions(options)])
    return new PairSession(...sets, vocabularySize, firstId)
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

  async takeSteps(count: number): Promise<void> {
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
