/** Number of tokens of one chunk of a streamed answer, and the time of its arrival. */
export interface Arrival {
  /** Time on any clock, in milliseconds. */
  readonly atMs: number
  readonly tokens: number
}

/** The speed of an answer. */
export interface DecodeTiming {
  readonly tokensPerSecond: number
  readonly msPerToken: number
  /**
   * Mean number of tokens per step. It is above 1 if speculation accepts several tokens at once.
   */
  readonly tokensPerStep: number
}

/** Maximum time between the tokens of one step. Different steps are farther apart. */
const stepGapMs = 2

/**
 * Computes the speed of decoding without the prompt, from the end of the first step to the end of
 * the last. The tokens of the first step do not count, because its time includes the prompt.
 * @throws RangeError if all tokens came from one step
 */
export function timeDecode(arrivals: readonly Arrival[]): DecodeTiming {
  const steps = groupSteps(arrivals)
  const [first, ...later] = steps
  const last = later.at(-1)
  if (!first || !last)
    throw new RangeError(`the answer has ${steps.length} steps: expected at least two to time a decode`)
  const tokens = later.reduce((sum, step) => sum + step.tokens, 0)
  const ms = last.atMs - first.atMs
  return { tokensPerSecond: (1000 * tokens) / ms, msPerToken: ms / tokens, tokensPerStep: tokens / later.length }
}

/**
 * Computes the tokens per second of several answers together while all of them decode: from the
 * start of the last answer to the end of the first.
 * @throws RangeError if they never decode all at once
 */
export function timeTogether(answers: readonly (readonly Arrival[])[]): number {
  const from = Math.max(...answers.map((arrivals) => arrivals[0]?.atMs ?? Number.POSITIVE_INFINITY))
  const to = Math.min(...answers.map((arrivals) => arrivals.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY))
  if (!(to > from)) throw new RangeError('the first answer ended before the last one began: request more tokens')
  const within = answers.flat().filter(({ atMs }) => atMs > from && atMs <= to)
  return (1000 * within.reduce((sum, { tokens }) => sum + tokens, 0)) / (to - from)
}

/**
 * Joins arrivals that are close together into steps, each with its tokens and the time of its last
 * arrival.
 */
function groupSteps(arrivals: readonly Arrival[]): Arrival[] {
  const steps: Arrival[] = []
  for (const { atMs, tokens } of arrivals) {
    const last = steps.at(-1)
    if (last && atMs - last.atMs < stepGapMs) steps[steps.length - 1] = { atMs, tokens: last.tokens + tokens }
    else steps.push({ atMs, tokens })
  }
  return steps
}
