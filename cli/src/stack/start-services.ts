import { isService, parseAddresses } from '../source-text/service-address.js'
import type { ExtraModels } from '../sources/prepare-extra-models.js'
import type { PreparedPair } from '../sources/prepare-pair.js'
import type { Served } from './managed-process.js'
import type { Addresses, ServiceSpec } from './stack.js'

/** Starts all replicas of a service. */
type StartAll = (spec: ServiceSpec) => Promise<readonly Served[]>

const logit = '@tandem/services/logit-main'
const reward = '@tandem/services/reward-main'

/**
 * Starts all services that are not running yet, at the same time.
 * @param replicas number of services of each model
 * @param start starts one service
 * @throws Error as `start`
 */
export async function startServices(
  pair: PreparedPair,
  extra: ExtraModels,
  replicas: number,
  start: (spec: ServiceSpec) => Promise<Served>,
): Promise<Addresses> {
  const startAll = (spec: ServiceSpec) => Promise.all(namesOf(spec, replicas).map((name) => start({ ...spec, name })))
  const [both, models, rewards] = await Promise.all([
    pair.isPaired ? startPaired(pair, startAll) : startSeparate(pair, startAll),
    startNamed(extra.models, (role, folder) =>
      startAll({ name: `${role} model service`, module: logit, role, folder }),
    ),
    startNamed(extra.rewards, (role, folder) =>
      startAll({ name: `${role} reward service`, module: reward, role, folder }),
    ),
  ])
  return { ...both, models, rewards }
}

/**
 * Counts the logit services on this machine, which share its cores and memory. Reward services are
 * not counted: they run after an answer.
 * @param replicas number of services of each model
 */
export function countLogitServices(
  { sft, dpo, isPaired }: Pick<PreparedPair, 'sft' | 'dpo' | 'isPaired'>,
  { models }: Pick<ExtraModels, 'models'>,
  replicas: number,
): number {
  const places = [...(isPaired ? [dpo] : [sft, dpo]), ...Object.values(models)]
  return places.filter((place) => !isService(place)).length * replicas
}

const namesOf = ({ name }: ServiceSpec, replicas: number): readonly string[] =>
  replicas === 1 ? [name] : Array.from({ length: replicas }, (_, i) => `${name} ${i + 1}`)

async function startSeparate(pair: PreparedPair, startAll: StartAll): Promise<Pick<Addresses, 'sft' | 'dpo'>> {
  const one = (role: 'sft' | 'dpo', name: string) =>
    addressesOf(pair[role], role, (folder) => startAll({ name, module: logit, role, folder }))
  const [sft, dpo] = await Promise.all([one('sft', 'SFT service'), one('dpo', 'DPO service')])
  return { sft, dpo }
}

async function startPaired({ dpo: folder }: PreparedPair, startAll: StartAll): Promise<Pick<Addresses, 'sft' | 'dpo'>> {
  const started = await startAll({ name: 'pair service', module: logit, role: 'dpo', folder, servesBase: true })
  return { sft: started.map(baseAddressOf), dpo: started.map(({ at }) => at) }
}

function baseAddressOf({ at, baseAt }: Served): string {
  if (baseAt !== null) return baseAt
  throw new Error(
    `the pair service at ${at} serves one model: expected two. The built services are older than this command: run "npm run build"`,
  )
}

async function startNamed(
  places: Readonly<Record<string, string>>,
  startAll: (name: string, folder: string) => Promise<readonly Served[]>,
): Promise<Record<string, readonly string[]>> {
  const found = Object.entries(places).map(
    async ([name, place]) => [name, await addressesOf(place, name, (folder) => startAll(name, folder))] as const,
  )
  return Object.fromEntries(await Promise.all(found))
}

/** Returns the addresses of a running service, or of the one that `startAll` starts. */
const addressesOf = async (
  place: string,
  name: string,
  startAll: (folder: string) => Promise<readonly Served[]>,
): Promise<readonly string[]> =>
  isService(place) ? parseAddresses(place, name) : (await startAll(place)).map(({ at }) => at)
