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
 * Creates the sampler that `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` name, as the
 * specification defines them. The default follows the parent, and samples all requests without one.
 * Requests that ask for a span per token are sampled in any case.
 * @throws Error if the name or the ratio is not valid
 */
export function createSampler(environment: NodeJS.ProcessEnv): Sampler {
  return new AskedSampler(createNamed(environment))
}

function createNamed({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument }: NodeJS.ProcessEnv): Sampler {
  const root = { always_on: always, always_off: never, traceidratio: () => ratio(argument) }
  const [, parent, kind = ''] = /^(parentbased_)?(\w+)$/.exec(name?.trim() || 'parentbased_always_on') ?? []
  const create = Object.hasOwn(root, kind) ? root[kind as keyof typeof root] : undefined
  if (!create)
    throw new Error(
      `OTEL_TRACES_SAMPLER is "${name}": expected always_on, always_off, traceidratio, or one of these after parentbased_`,
    )
  return parent ? new ParentBasedSampler({ root: create() }) : create()
}

const always = (): Sampler => new AlwaysOnSampler()
const never = (): Sampler => new AlwaysOffSampler()

function ratio(argument: string | undefined): Sampler {
  const text = argument?.trim() || '1'
  const value = Number(text)
  if (value >= 0 && value <= 1) return new TraceIdRatioBasedSampler(value)
  throw new Error(`OTEL_TRACES_SAMPLER_ARG is "${text}": expected a number from 0 to 1`)
}
