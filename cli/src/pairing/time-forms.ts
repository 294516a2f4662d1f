import { setTimeout as delay } from 'node:timers/promises'
import { ServiceClient, type ServiceSession } from '../service-client/service-session.js'
import { type Form, type FormTimes, forms } from './verdict.js'

/** host:port of the two models of one form. */
export interface PairAddresses {
  readonly sft: string
  readonly dpo: string
}

const promptLength = 64
const stepsPerRound = 4
/** A trial is as long as it takes to tell: rounds until this time is over, within these numbers. */
const measuredMs = 1_200
const [leastRounds, mostRounds] = [3, 12]

/**
 * Times a token of both models in both forms, in turn: one step of each model at once, with the readouts of AAD, as long as the slower takes.
 * @param vocabularySize of both models; the tokens that are run mean nothing
 * @throws Error where a service refuses; the signal's reason on abort
 */
export async function timeForms(
  addresses: Readonly<Record<Form, PairAddresses>>,
  vocabularySize: number,
  signal: AbortSignal,
): Promise<FormTimes> {
  const clients: ServiceClient[] = []
  const open = (address: string) => {
    const client = new ServiceClient(address, signal)
    clients.push(client)
    return client.openSession()
  }
  const openPair = ({ sft, dpo }: PairAddresses) => new PairSession(open(sft), open(dpo), vocabularySize)
  try {
    const pairs = { paired: openPair(addresses.paired), apart: openPair(addresses.apart) }
    for (const form of forms) await pairs[form].readPrompt()
    return await timeRounds(pairs, signal)
  } finally {
    for (const client of clients) client.close()
  }
}

async function timeRounds(pairs: Readonly<Record<Form, PairSession>>, signal: AbortSignal): Promise<FormTimes> {
  const times = { paired: [] as number[], apart: [] as number[] }
  let startMs = performance.now()
  // The first round warms all engines and is not counted.
  for (let round = -1; round < mostRounds; round++) {
    if (round === 0) startMs = performance.now()
    if (round >= leastRounds && performance.now() - startMs > measuredMs) break
    for (const form of forms) {
      const ms = await pairs[form].timeStep()
      if (round >= 0) times[form].push(ms)
      // What an engine does after an answer, such as giving back memory, is not the other form's.
      await delay(1, undefined, { signal })
    }
  }
  return times
}

/** One sequence in both models. */
class PairSession {
  private length = 0

  constructor(
    private readonly sft: ServiceSession,
    private readonly dpo: ServiceSession,
    private readonly vocabularySize: number,
  ) {}

  async readPrompt(): Promise<void> {
    const tokenIds = this.nextIds(promptLength)
    await Promise.all([this.sft.append(tokenIds), this.dpo.append(tokenIds)])
  }

  /** @returns milliseconds a token */
  async timeStep(): Promise<number> {
    const startMs = performance.now()
    for (let i = 0; i < stepsPerRound; i++) {
      const tokenIds = this.nextIds(1)
      await Promise.all([
        this.sft.append(tokenIds, [{ topK: { k: Math.min(64, this.vocabularySize) } }]),
        this.dpo.append(tokenIds, [{ candidates: { alpha: 0.1, exclude: [] } }]),
      ])
    }
    return (performance.now() - startMs) / stepsPerRound
  }

  private nextIds(count: number): number[] {
    const start = this.length
    this.length += count
    return Array.from({ length: count }, (_, i) => (7 * (start + i) + 1) % this.vocabularySize)
  }
}
