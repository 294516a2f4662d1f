import { type Span, trace } from '@opentelemetry/api'
import { spanNames } from '@tandem/telemetry'
import type { Delta, GenerationEvent } from '../decode/answers/generation-event.js'
import type { StepTracer } from '../decode/loop/step-tracer.js'
import type { MessageTracer } from '../session/contract/message-tracer.js'
import { toSpanTime } from './clock.js'
import { DetokenizeSpan } from './detokenize-span.js'
import type { GatewayTelemetry } from './gateway-telemetry.js'
import type { RequestSpan } from './request-span.js'
import { StepTimes } from './step-times.js'
import { TokenBlocks } from './token-blocks.js'
import { TokenMetrics } from './token-metrics.js'
import { TokenSpans } from './token-spans.js'

/** What a prompt's recorder needs of its request. */
export interface PromptRecorderOptions {
  readonly span: RequestSpan
  /** Whether each token has a span. */
  readonly isDetailed: boolean
  readonly strategy: string
  /** The name of the request's API key; null without one. */
  readonly keyName: string | null
  /** Called with each part of an answer. */
  readonly onDelta: (answer: number, delta: Delta) => void
}

/** Records the decoding of one prompt. */
export class PromptRecorder {
  /** Traces messages and steps; undefined if nothing is traced. */
  readonly messages: MessageTracer | undefined
  readonly steps: StepTracer | undefined
  /** Times the text of tokens; undefined if nothing is traced. */
  readonly textTimer: DetokenizeSpan | undefined
  private readonly decode: Span | null = null
  private readonly blocks = new Map<number, TokenBlocks>()
  private readonly metrics: TokenMetrics
  private readonly times = new StepTimes()
  private endMs = performance.now()

  constructor(
    private readonly telemetry: GatewayTelemetry,
    private readonly options: PromptRecorderOptions,
  ) {
    const { span, isDetailed, strategy, keyName } = options
    this.metrics = new TokenMetrics(telemetry.metrics, strategy, keyName)
    if (!span.isRecording) return
    this.decode = span.startChild(spanNames.decode, this.endMs)
    const decode = trace.setSpan(span.context, this.decode)
    const spans = new TokenSpans({ tracer: telemetry.tracer, request: span.context, decode, isDetailed })
    this.messages = spans.messages
    this.steps = spans
    this.textTimer = new DetokenizeSpan(span)
  }

  /** Passes the events of the decoding on, and records them. */
  async *observe(events: AsyncIterable<GenerationEvent>): AsyncGenerator<GenerationEvent, void> {
    try {
      for await (const event of events) {
        if (event.type === 'delta') this.record(event.answer, event.delta)
        yield event
      }
    } finally {
      this.end()
    }
  }

  private record(answer: number, delta: Delta): void {
    const { tokens } = delta
    this.endMs = tokens.at(-1)?.timing.endMs ?? this.endMs
    this.metrics.record(answer, tokens)
    this.options.onDelta(answer, delta)
    if (!this.decode) return
    this.times.add(answer, tokens)
    if (!this.options.isDetailed) this.blocksOf(answer, this.decode).add(tokens)
  }

  private end(): void {
    if (!this.decode) return
    for (const blocks of this.blocks.values()) blocks.flush()
    this.decode.setAttributes(this.times.toAttributes())
    this.decode.end(toSpanTime(this.endMs))
    this.textTimer?.end()
  }

  private blocksOf(answer: number, decode: Span): TokenBlocks {
    const found = this.blocks.get(answer)
    if (found) return found
    const context = trace.setSpan(this.options.span.context, decode)
    const blocks = new TokenBlocks(this.telemetry.tracer, context, answer)
    this.blocks.set(answer, blocks)
    return blocks
  }
}
