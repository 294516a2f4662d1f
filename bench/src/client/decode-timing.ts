/** Tokens of one chunk of a streamed answer, and when it came. */
export interface Arrival {
  /** Of any clock. */
  readonly atMs: number
  readonly tokens: number
}

export interface DecodeTiming {
  readonly tokensPerSecond: number
  readonly msPerToken: number
  /** Mean tokens of a step: above 1 where several were accepted at once. */
  readonly tokensPerStep: number
}

/** Tokens of one step leave the gateway one after another, well within this; steps are farther apart. */
const stepGapMs = 2

/**
 * The speed of decoding, prompt excluded: from the end of the first step to the end of the last. What the first step gave is
 * not counted, as its time is the prompt's.
 * @throws RangeError where all tokens came of one step
 */
export function timeDecode(arrivals: readonly Arrival[]): DecodeTiming {
  const steps = groupSteps(arrivals)
  const [first, ...later] = steps
  const last = later.at(-1)
  if (!first || !last) throw new RangeError(`${steps.length} steps are too few to time a decode`)
  const tokens = later.reduce((sum, step) => sum + step.tokens, 0)
  const ms = last.atMs - first.atMs
  return { tokensPerSecond: (1000 * tokens) / ms, msPerToken: ms / tokens, tokensPerStep: tokens / later.length }
}

/**
 * Tokens a second of several answers together while all of them decode: from when the last one has begun until the first one ends.
 * @throws RangeError where they never decode all at once
 */
export function timeTogether(answers: readonly (readonly Arrival[])[]): number {
  const from = Math.max(...answers.map((arrivals) => arrivals[0]?.atMs ?? Number.POSITIVE_INFINITY))
  const to = Math.min(...answers.map((arrivals) => arrivals.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY))
  if (!(to > from)) throw new RangeError('the first answer ended before the last one began: ask for more tokens')
  const within = answers.flat().filter(({ atMs }) => atMs > from && atMs <= to)
  return (1000 * within.reduce((sum, { tokens }) => sum + tokens, 0)) / (to - from)
}

/** Arrivals close together, as one: their tokens, and the time of the last. */
function groupSteps(arrivals: readonly Arrival[]): Arrival[] {
  const steps: Arrival[] = []
  for (const { atMs, tokens } of arrivals) {
    const last = steps.at(-1)
    if (last && atMs - last.atMs < stepGapMs) steps[steps.length - 1] = { atMs, tokens: last.tokens + tokens }
    else steps.push({ atMs, tokens })
  }
  return steps
}
