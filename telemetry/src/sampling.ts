/** What `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` name. */
export interface Sampling {
  readonly kind: 'always_on' | 'always_off' | 'traceidratio'
  /** Whether requests with a parent follow it. */
  readonly followsParent: boolean
  /** The share of the traces that `traceidratio` samples, from 0 to 1. */
  readonly ratio: number
}

const namePattern = /^(parentbased_)?(always_on|always_off|traceidratio)$/

/**
 * Parses the two variables, as the specification defines them. The default follows the parent, and
 * samples all requests without one.
 * @throws Error if the name or the ratio is not valid
 */
export function parseSampling(environment: NodeJS.ProcessEnv): Sampling {
  const { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument } = environment
  const [, parent, kind] = namePattern.exec(name?.trim() || 'parentbased_always_on') ?? []
  if (kind === undefined)
    throw new Error(
      `OTEL_TRACES_SAMPLER is "${name}": expected always_on, always_off, traceidratio, or one of these after parentbased_`,
    )
  const ratio = kind === 'traceidratio' ? parseRatio(argument) : 1
  return { kind: kind as Sampling['kind'], followsParent: parent !== undefined, ratio }
}

function parseRatio(argument: string | undefined): number {
  const text = argument?.trim() || '1'
  const value = Number(text)
  if (value >= 0 && value <= 1) return value
  throw new Error(`OTEL_TRACES_SAMPLER_ARG is "${text}": expected a number from 0 to 1`)
}
