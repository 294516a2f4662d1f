import type { Context, Tracer } from '@opentelemetry/api'
import { attributeNames as names, spanNames } from '@tandem/telemetry'
import type { Token } from '../decode/loop/token.js'
import { toSpanTime } from './clock.js'

/** Number of tokens of a span. */
const blockLength = 32

/**
 * Records the tokens of one answer in blocks: one span for 32 tokens, with one array for each
 * value. It costs a small part of a span for each token.
 */
export class TokenBlocks {
  private held: Token[] = []
  private index = 0

  constructor(
    private readonly tracer: Tracer,
    private readonly decode: Context,
    private readonly answer: number,
  ) {}

  /** Adds tokens; writes each block as soon as it is full. */
  add(tokens: readonly Token[]): void {
    for (const token of tokens) {
      this.held.push(token)
      if (this.held.length === blockLength) this.flush()
    }
  }

  /** Writes the tokens that are held. */
  flush(): void {
    const tokens = this.held
    this.held = []
    const [first, last] = [tokens[0]?.timing, tokens.at(-1)?.timing]
    if (!first || !last) return
    const attributes = { [names.answer]: this.answer, [names.tokenIndex]: this.index, ...toArrays(tokens) }
    const options = { attributes, startTime: toSpanTime(first.startMs) }
    this.tracer.startSpan(spanNames.tokens, options, this.decode).end(toSpanTime(last.endMs))
    this.index += tokens.length
  }
}

/** Arrays of the tokens' values. What is not known, and the time of a skipped model, is 0. */
function toArrays(tokens: readonly Token[]) {
  const timings = tokens.map(({ timing }) => timing)
  return {
    [names.advantage]: tokens.map(({ choice }) => choice.advantage ?? 0),
    [names.candidates]: tokens.map(({ choice }) => choice.candidateCount ?? 0),
    [names.isSftSkipped]: timings.map(({ sftUs }) => sftUs === null),
    [names.isDraft]: tokens.map(({ choice }) => choice.isDraft),
    [names.stepUs]: timings.map(({ stepUs }) => stepUs),
    [names.dpoUs]: timings.map(({ dpoUs }) => dpoUs ?? 0),
    [names.sftUs]: timings.map(({ sftUs }) => sftUs ?? 0),
    ...(timings.some(({ otherUs }) => otherUs > 0) ? { [names.otherUs]: timings.map(({ otherUs }) => otherUs) } : {}),
    [names.dpoQueueUs]: timings.map(({ dpoQueueUs }) => dpoQueueUs ?? 0),
    [names.sftQueueUs]: timings.map(({ sftQueueUs }) => sftQueueUs ?? 0),
    [names.overlapUs]: timings.map(({ overlapUs }) => overlapUs),
    [names.queueUs]: timings.map(({ queueUs }) => queueUs),
    [names.wireUs]: timings.map(({ wireUs }) => wireUs),
    [names.mergeUs]: timings.map(({ mergeUs }) => mergeUs),
  }
}
