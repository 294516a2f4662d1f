import { createRandom, draw } from '../measure/random.js'
import { itemOfRound } from '../prompts.js'
import type { FaultResult, FaultSettings } from './case.js'
import type { FaultStack } from './fault-stack.js'
import { type Method, methods } from './methods.js'
import { type SeenAnswer, streamAnswer } from './stream-answer.js'

/** What a run of kills does. */
export interface KillRunOptions extends FaultSettings {
  readonly stack: FaultStack
  /** Number of answers, one kill in each. */
  readonly answers: number
  readonly maxTokens: number
  readonly seed: number
}

/**
 * Asks for answers of all methods in turn, and kills a random service with SIGKILL at a random
 * moment of each. Each answer must equal the one that was given without a kill.
 */
export async function runKills(options: KillRunOptions): Promise<FaultResult> {
  const { stack, answers, log, signal } = options
  const random = createRandom(options.seed)
  const seen = new Map<string, number>()
  const recoveryMs: number[] = []
  const notes: string[] = []
  let survived = 0
  for (let i = 0; i < answers; i++) {
    signal.throwIfAborted()
    const method = methods[i % methods.length] as Method
    const prompt = itemOfRound(stack.prompts, Math.floor(i / methods.length))
    const body = { model: stack.model, prompt, max_tokens: options.maxTokens, ...method.fields }
    const expected = await streamAnswer(stack.url, body, signal)
    if (expected.error !== null) throw new Error(`without a kill, ${method.name} failed: ${expected.error}`)
    const { found, victim } = await answerWithKill(options, method, body, expected, random)
    const what = compare(expected, found)
    seen.set(what, (seen.get(what) ?? 0) + 1)
    if (what === same) {
      survived++
      recoveryMs.push(found.longestPauseMs)
    } else notes.push(`${method.name}, ${victim}: ${what}`)
    log(`${i + 1}/${answers} ${method.name}: ${what}, ${victim}, pause ${(found.longestPauseMs / 1000).toFixed(1)} s`)
  }
  return { tried: answers, survived, seen, leaked: await stack.countLeaked(), recoveryMs, notes }
}

const same = '200, same tokens'

function compare(expected: SeenAnswer, found: SeenAnswer): string {
  if (found.error !== null) return `error: ${found.error}`
  return JSON.stringify(found.choices) === JSON.stringify(expected.choices) ? same : '200, other tokens'
}

/**
 * Kills a service after a random number of tokens, or after a random share of the answer's time.
 */
async function answerWithKill(
  { stack, signal }: KillRunOptions,
  { isGradual }: Method,
  body: object,
  expected: SeenAnswer,
  random: () => number,
): Promise<{ found: SeenAnswer; victim: string }> {
  const tokens = expected.choices.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0)
  for (;;) {
    const killAt = Math.floor(random() * tokens)
    let victim: string | null = null
    const kill = (when: string) => {
      const { services } = stack
      if (victim !== null || services.length === 0) return
      const chosen = draw(random, services)
      stack.kill(chosen)
      victim = `${chosen.name} killed ${when}`
    }
    // The first token may take long: token 0 stands for a moment of the prompt.
    const byTime = !isGradual || killAt === 0
    const delayMs = random() * (isGradual ? firstTokenShare : 1) * expected.durationMs
    const timer = byTime ? setTimeout(() => kill(`after ${Math.round(delayMs)} ms`), delayMs) : undefined
    const found = await streamAnswer(stack.url, body, signal, (count) => {
      if (!byTime && count >= killAt) kill(`at token ${killAt}`)
    })
    clearTimeout(timer)
    // The answer may have ended before the moment.
    if (victim !== null) return { found, victim }
  }
}

/** The part of an answer's time that its prompt takes, roughly. */
const firstTokenShare = 0.1
