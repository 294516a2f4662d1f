import { setTimeout as delay } from 'node:timers/promises'
import type { ClientAnswer } from './client.js'
import { isSame } from './golden.js'
import type { StepContext, StepResult } from './step.js'

/** Clients that ask at the same time while something happens to the release. */
const clients = 3
const shownFaults = 3

/**
 * Does something while clients ask without a break.
 * @param act what happens; answers are asked for before, meanwhile and after
 * @param isAllowed whether an answer is right that is not whole or has not the golden tokens
 */
export async function underLoad(
  context: StepContext,
  act: () => Promise<void>,
  isAllowed: (answer: ClientAnswer) => boolean = () => false,
): Promise<StepResult> {
  const { client, golden } = context
  const load = client.startLoad(
    golden.map(({ body }) => body),
    clients,
  )
  try {
    await waitForAnswers(context, load.answers, clients)
    await act()
    await waitForAnswers(context, load.answers, load.answers.length + clients)
  } finally {
    await load.stop()
  }
  return describe(load.answers, (answer) => isSame(answer, golden[answer.body]?.tokenIds) || isAllowed(answer))
}

/** Counts the answers that are right, and describes the others. */
export function describe(answers: readonly ClientAnswer[], isRight: (answer: ClientAnswer) => boolean): StepResult {
  const whole = answers.filter((answer) => answer.error === null && isRight(answer)).length
  const passed = answers.filter(isRight).length
  const retries = answers.reduce((sum, answer) => sum + answer.retries, 0)
  const pauseS = Math.max(0, ...answers.map(({ longestPauseMs }) => longestPauseMs)) / 1000
  const others = answers.filter((answer) => answer.error !== null || !isRight(answer))
  const faults = [...new Set(others.map(({ error }) => error ?? 'other tokens'))].slice(0, shownFaults)
  const found = [
    `${whole} whole answers with the golden tokens`,
    `longest pause ${pauseS.toFixed(1)} s`,
    ...(retries > 0 ? [`${retries} times sent again before an answer had begun`] : []),
    ...(others.length > 0 ? [`${others.length} others: ${faults.join(', ')}`] : []),
  ]
  return { tried: answers.length, passed, found: found.join('; ') }
}

const pollMs = 200
const answersLimitMs = 300_000

async function waitForAnswers({ signal }: StepContext, answers: readonly ClientAnswer[], count: number): Promise<void> {
  const end = performance.now() + answersLimitMs
  while (answers.length < count) {
    if (performance.now() > end) throw new Error(`expected ${count} answers, found ${answers.length}`)
    await delay(pollMs, undefined, { signal })
  }
}
