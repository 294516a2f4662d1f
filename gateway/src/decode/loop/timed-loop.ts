import type { ServiceCall } from '../../session/contract/service-call.js'
import type { DecodeLoop, LoopContext, LoopStep, TokenLoop } from './decode-loop.js'
import { startStep } from './step-clock.js'
import type { StepTiming } from './step-timing.js'
import { noTime, type Token } from './token.js'

/** Adds the time of their step to the tokens of a loop. */
export class TimedLoop implements DecodeLoop {
  private promptCalls: readonly ServiceCall[]

  constructor(
    private readonly loop: TokenLoop,
    private readonly context: Pick<LoopContext, 'sessions' | 'promptCalls' | 'answer' | 'steps'>,
  ) {
    this.promptCalls = context.promptCalls
  }

  async next(): Promise<readonly Token[]> {
    const { sessions, answer, steps } = this.context
    // One reading of the clock: the span of a token is as long as the step that it shows.
    const startMs = performance.now()
    const trace = steps?.begin(answer, startMs)
    const stop = startStep(startMs, this.promptCalls)
    this.promptCalls = []
    let tokens: readonly Token[] = []
    try {
      const step = await this.loop.next()
      tokens = withTimes(step, stop(sessions))
      return tokens
    } finally {
      trace?.end(tokens)
    }
  }
}

/** The first token has the time of the step; the others came with it. */
function withTimes({ tokens, drafted, accepted }: LoopStep, timing: StepTiming): Token[] {
  const { startMs, endMs } = timing
  return tokens.map((token, i) => ({
    ...token,
    timing: i === 0 ? { ...timing, drafted, accepted } : { ...noTime, startMs, endMs },
  }))
}
