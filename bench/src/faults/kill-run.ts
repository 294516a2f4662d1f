import { isAlive } from '@tandem/process'
import type { UpProcess } from '@tandem/test'
import { createRandom, draw } from '../measure/random.js'
import { itemOfRound } from '../prompts.js'
import type { FaultResult, FaultSettings } from './case.js'
import type { FaultStack } from './fault-stack.js'
import { type Method, methods } from './methods.js'
import { type SeenAnswer, streamAnswer } from './stream-answer.js'

/** What happens to a service. */
export type Harm =
  | { readonly kind: 'killed' }
  /** It is stopped, and continues after this time; null: when all answers have ended. */
  | { readonly kind: 'stopped'; readonly continueMs: number | null }

/** What a run of kills does. */
export interface KillRunOptions extends FaultSettings {
  /** Default: SIGKILL. */
  readonly harm?: Harm
  readonly stack: FaultStack
  /** Number of answers, each of which runs while a service is killed. */
  readonly answers: number
  readonly maxTokens: number
  readonly seed: number
}

/** Answers that run when a service is killed: their sessions are placed again together. */
const answersAtOnce = 4
/** The part of an answer's time that its prompt takes, roughly. */
const firstTokenShare = 0.1
const same = '200, same tokens'

/**
 * Asks for answers of all methods in turn, some at once, and kills or stops a random service while
 * they run. Each answer must equal the one that was given without that.
 */
export async function runKills(options: KillRunOptions): Promise<FaultResult> {
  const { stack, answers, log, signal } = options
  const random = createRandom(options.seed)
  const seen = new Map<string, number>()
  const recoveryMs: number[] = []
  const notes: string[] = []
  for (let first = 0; first < answers; first += answersAtOnce) {
    signal.throwIfAborted()
    const asked = Array.from({ length: Math.min(answersAtOnce, answers - first) }, (_, i) => askOf(options, first + i))
    await stack.waitUntilServing()
    const expected = await Promise.all(asked.map(({ body }) => streamAnswer(stack.url, body, signal)))
    const { found, victim } = await answerWithKill(options, asked, expected, random)
    for (const [i, { method }] of asked.entries()) {
      const given = itemOfRound(found, i)
      const what = compare(method, itemOfRound(expected, i), given)
      seen.set(what, (seen.get(what) ?? 0) + 1)
      if (what === same) recoveryMs.push(given.longestPauseMs)
      else notes.push(`${method.name}, ${victim}`)
      log(`${first + i + 1}/${answers} ${method.name}: ${what}, pause ${(given.longestPauseMs / 1000).toFixed(1)} s`)
    }
    log(victim)
  }
  const survived = seen.get(same) ?? 0
  return { tried: answers, survived, seen, leaked: await stack.countLeaked(), recoveryMs, notes }
}

interface Asked {
  readonly method: Method
  readonly body: object
}

function askOf({ stack, maxTokens }: KillRunOptions, index: number): Asked {
  const method = itemOfRound(methods, index)
  const prompt = itemOfRound(stack.prompts, Math.floor(index / methods.length))
  return { method, body: { model: stack.model, prompt, max_tokens: maxTokens, ...method.fields } }
}

function compare({ name }: Method, expected: SeenAnswer, found: SeenAnswer): string {
  if (expected.error !== null) throw new Error(`without a kill, ${name} failed: ${expected.error}`)
  if (found.error !== null) return `error: ${found.error}`
  return JSON.stringify(found.choices) === JSON.stringify(expected.choices) ? same : '200, other tokens'
}

/** Asks for answers and kills a service meanwhile. */
async function answerWithKill(
  { stack, signal, harm = { kind: 'killed' } }: KillRunOptions,
  asked: readonly Asked[],
  expected: readonly SeenAnswer[],
  random: () => number,
): Promise<{ found: SeenAnswer[]; victim: string }> {
  for (;;) {
    const chosen = Math.floor(random() * asked.length)
    const { method } = itemOfRound(asked, chosen)
    const kill = new PlannedKill(stack, harm, method, itemOfRound(expected, chosen), random)
    const stream = ({ body }: Asked, i: number) =>
      streamAnswer(stack.url, body, signal, i === chosen ? (count) => kill.onTokens(count) : undefined)
    const found = await Promise.all(asked.map(stream))
    kill.end()
    // The answer may have ended before the moment.
    if (kill.victim !== null) return { found, victim: kill.victim }
  }
}

/**
 * Kills or stops a random service after a random number of tokens of an answer. If the answer is
 * sent whole, or the number is 0, it is after a random part of the answer's time, or of its
 * prompt's time.
 */
class PlannedKill {
  /** What was killed, and when; null if nothing was. */
  victim: string | null = null
  private readonly atToken: number
  private readonly timer: NodeJS.Timeout | undefined
  private continuing: NodeJS.Timeout | undefined
  private stopped: UpProcess | null = null

  constructor(
    private readonly stack: FaultStack,
    private readonly harm: Harm,
    private readonly method: Method,
    { choices, durationMs }: SeenAnswer,
    private readonly random: () => number,
  ) {
    const tokens = choices.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0)
    this.atToken = method.isGradual ? Math.floor(random() * tokens) : 0
    if (this.atToken > 0) return
    const delayMs = random() * (method.isGradual ? firstTokenShare : 1) * durationMs
    this.timer = setTimeout(() => this.kill(`${Math.round(delayMs)} ms after the start`), delayMs)
  }

  /** @param count number of tokens so far */
  onTokens(count: number): void {
    if (this.atToken > 0 && count >= this.atToken) this.kill(`at token ${this.atToken}`)
  }

  /** Kills nothing any more, and continues what is stopped. */
  end(): void {
    clearTimeout(this.timer)
    clearTimeout(this.continuing)
    this.heal()
  }

  private kill(when: string): void {
    const { services } = this.stack
    if (this.victim !== null || services.length === 0) return
    const service = draw(this.random, services)
    this.victim = `${service.name} was ${this.harm.kind} ${when} of ${this.method.name}`
    if (this.harm.kind === 'killed') this.stack.kill(service)
    else this.stop(service, this.harm.continueMs)
  }

  private stop(service: UpProcess, continueMs: number | null): void {
    this.stopped = service
    this.stack.kill(service, 'SIGSTOP')
    if (continueMs !== null) this.continuing = setTimeout(() => this.heal(), continueMs)
  }

  private heal(): void {
    // `tandem up` kills a service that is stopped for long.
    if (this.stopped !== null && isAlive(this.stopped.pid)) this.stack.kill(this.stopped, 'SIGCONT')
    this.stopped = null
  }
}
