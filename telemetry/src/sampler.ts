import { type Attributes, type Context, type Link, type SpanKind, TraceFlags, trace } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  type SamplingResult,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import { attributeNames } from './attributes.js'
import { parseSampling, type Sampling } from './sampling.js'

/**
 * Samples requests that ask for a span per token, and the children of sampled spans of this
 * process; asks another sampler about all others.
 */
class AskedSampler implements Sampler {
  constructor(private readonly other: Sampler) {}

  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult {
    const isAsked = attributes[attributeNames.tracesTokens] === true
    if (isAsked || isChildOfSampled(context)) return { decision: SamplingDecision.RECORD_AND_SAMPLED }
    return this.other.shouldSample(context, traceId, name, kind, attributes, links)
  }

  toString(): string {
    return `AskedSampler{${this.other.toString()}}`
  }
}

function isChildOfSampled(context: Context): boolean {
  const parent = trace.getSpanContext(context)
  return parent !== undefined && !parent.isRemote && (parent.traceFlags & TraceFlags.SAMPLED) !== 0
}

/**
 * Creates the sampler of a service: it starts no traces and joins those that the gateway samples.
 */
export const createJoiningSampler = (): Sampler => new ParentBasedSampler({ root: new AlwaysOffSampler() })

/**
 * Creates the sampler that `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` name. Requests that
 * ask for a span per token are sampled in any case.
 * @throws Error if the name or the ratio is not valid
 */
export const createSampler = (environment: NodeJS.ProcessEnv): Sampler =>
  new AskedSampler(createNamed(parseSampling(environment)))

function createNamed({ kind, followsParent, ratio }: Sampling): Sampler {
  const create = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  }
  const root = create[kind]()
  return followsParent ? new ParentBasedSampler({ root }) : root
}
