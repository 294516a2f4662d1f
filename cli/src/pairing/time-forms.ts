import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { ServiceClient, type ServiceSession } from '../service-client/service-session.js'
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

const one: Load = { answers: 1, promptLength: 64, steps: 4, measuredMs: 1_200, leastRounds: 3, mostRounds: 12 }
/** Short prompts: to read sixteen long ones would take longer than the rest of the trial. */
const crowd: Load = { answers: 16, promptLength: 8, steps: 2, measuredMs: 2_400, leastRounds: 3, mostRounds: 12 }

/**
 * Times a token of both models in both forms, in turn: one step of each model at once, with the readouts of AAD, as long as the slower
 * takes. First for one answer, then for a crowd of them: 16, or as many as the services hold sessions for.
 * @param vocabularySize of both models; the tokens that are run mean nothing
 * @throws Error where a service refuses; the signal's reason on abort
 */
export async function timeForms(
  addresses: Readonly<Record<Form, PairAddresses>>,
  vocabularySize: number,
  signal: AbortSignal,
): Promise<TrialTimes> {
  const clients: ServiceClient[] = []
  const open = (address: string) => {
    const client = new ServiceClient(address, signal)
    clients.push(client)
    return client
  }
  const openPair = ({ sft, dpo }: PairAddresses) => new PairClient(open(sft), open(dpo), vocabularySize)
  // Every call that is under way listens.
  setMaxListeners(0, signal)
  try {
    const pairs = { paired: openPair(addresses.paired), apart: openPair(addresses.apart) }
    const most = await Promise.all(forms.map((form) => pairs[form].mostAnswers()))
    const answers = Math.min(crowd.answers, ...most)
    return {
      one: await timeLoad(one, pairs, signal),
      crowd: { answers, ...(await timeLoad({ ...crowd, answers }, pairs, signal)) },
    }
  } finally {
    for (const client of clients) client.close()
  }
}

async function timeLoad(
  load: Load,
  pairs: Readonly<Record<Form, PairClient>>,
  signal: AbortSignal,
): Promise<FormTimes> {
  const answers = { paired: pairs.paired.openAnswers(load), apart: pairs.apart.openAnswers(load) }
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
  await Promise.all(forms.flatMap((form) => answers[form].map((answer) => answer.close())))
  return times
}

/** Both models in one form. */
class PairClient {
  constructor(
    private readonly sft: ServiceClient,
    private readonly dpo: ServiceClient,
    private readonly vocabularySize: number,
  ) {}

  /** How many can be decoded at once. Both models' sessions may be held by one service. */
  async mostAnswers(): Promise<number> {
    const models = await Promise.all([this.sft.getModel(), this.dpo.getModel()])
    return Math.floor(Math.min(...models.map(({ maxSessions }) => maxSessions)) / 2)
  }

  /** Each with tokens of its own. */
  openAnswers({ answers }: Load): PairSession[] {
    return Array.from(
      { length: answers },
      (_, i) => new PairSession(this.sft.openSession(), this.dpo.openSession(), this.vocabularySize, i),
    )
  }
}

/** One sequence in both models. */
class PairSession {
  private length = 0

  constructor(
    private readonly sft: ServiceSession,
    private readonly dpo: ServiceSession,
    private readonly vocabularySize: number,
    private readonly firstId: number,
  ) {}

  async readPrompt(length: number): Promise<void> {
    const tokenIds = this.nextIds(length)
    await Promise.all([this.sft.append(tokenIds), this.dpo.append(tokenIds)])
  }

  async takeSteps(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const tokenIds = this.nextIds(1)
      await Promise.all([
        this.sft.append(tokenIds, [{ topK: { k: Math.min(64, this.vocabularySize) } }]),
        this.dpo.append(tokenIds, [{ candidates: { alpha: 0.1, exclude: [] } }]),
      ])
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.sft.close(), this.dpo.close()])
  }

  private nextIds(count: number): number[] {
    const start = this.length
    this.length += count
    return Array.from({ length: count }, (_, i) => (this.firstId + 7 * (start + i) + 1) % this.vocabularySize)
  }
}
