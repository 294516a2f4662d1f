import type { GetModelResponse__Output } from '@tandem/proto'
import type { Wish } from './lease.js'
import type { ReplicaDescription, ReplicaState } from './replica-description.js'

/** Maximum number of replicas that an error names. */
const maxNamed = 8

type Wanted = Pick<Wish, 'version' | 'release'>
type Served = Pick<GetModelResponse__Output, 'version' | 'release'>

/** Whether a model is what a request wants. A replica without a label goes with every release. */
export function serves(model: Served | null, { version, release }: Wanted): boolean {
  if (model === null || (version !== null && model.version !== version)) return false
  return release === null || release === '' || model.release === '' || model.release === release
}

/**
 * Whether a replica serves what a request wants, or may do so when it has connected: most processes
 * come back with the model that they had.
 */
export function mayServe(
  { model, state }: { readonly model: Served | null; readonly state: ReplicaState },
  wanted: Wanted,
): boolean {
  if (state === 'refused') return false
  return (model === null && state === 'connecting') || serves(model, wanted)
}

/**
 * Describes why no replica is ready.
 * @param lookups faults of names that could not be resolved
 */
export function describeFaults(
  title: string,
  replicas: readonly Pick<ReplicaDescription, 'fault'>[],
  lookups: readonly string[],
): string {
  const faults = [...replicas.map(({ fault }) => fault).filter((fault) => fault !== null), ...lookups]
  const [only = `the ${title} model has no replica: its name is not resolved yet`, ...others] = faults
  if (others.length === 0) return only
  return `no replica of the ${title} model is ready: ${listed(faults)}`
}

/** Describes that ready replicas serve something else than a request has used so far. */
export function describeChange(
  title: string,
  replicas: readonly Pick<ReplicaDescription, 'address' | 'state' | 'version' | 'release'>[],
  { version, release }: Wanted,
): string {
  const found = replicas
    .filter(({ state }) => state === 'ready')
    .map((replica) => `${replica.address} serves ${describeModel(replica.version, replica.release)}`)
  return (
    `no replica of the ${title} model serves ${describeModel(version, release)} any more, which the request began with: ` +
    `${listed(found)}. Send the request again`
  )
}

function describeModel(version: string | null, release: string | null): string {
  const ofVersion = version === null ? 'any version' : `version ${version.slice(0, 12)}`
  return release === null || release === '' ? ofVersion : `${ofVersion} of release ${release}`
}

function listed(parts: readonly string[]): string {
  const more = parts.length - maxNamed
  return parts.slice(0, maxNamed).join('; ') + (more > 0 ? `; and ${more} more` : '')
}
