import { isService, parseAddresses } from '../source-text/service-address.js'
import type { ExtraModels } from '../sources/prepare-extra-models.js'
import type { PreparedPair } from '../sources/prepare-pair.js'
import type { Served } from './managed-process.js'
import type { Addresses, ServiceSpec } from './stack.js'

type Start = (spec: ServiceSpec) => Promise<Served>

const logit = '@tandem/services/logit-main'
const reward = '@tandem/services/reward-main'

/**
 * Starts all services that are not running yet, at the same time.
 * @param start starts one service
 * @throws Error as `start`
 */
export async function startServices(pair: PreparedPair, extra: ExtraModels, start: Start): Promise<Addresses> {
  const [both, models, rewards] = await Promise.all([
    pair.isPaired ? startPaired(pair, start) : startSeparate(pair, start),
    startNamed(extra.models, (role, folder) => start({ name: `${role} model service`, module: logit, role, folder })),
    startNamed(extra.rewards, (role, folder) =>
      start({ name: `${role} reward service`, module: reward, role, folder }),
    ),
  ])
  return { ...both, models, rewards }
}

/**
 * Counts the logit services on this machine, which share its cores and memory. Reward services are
 * not counted: they run after an answer.
 */
export function countLogitServices(
  { sft, dpo, isPaired }: Pick<PreparedPair, 'sft' | 'dpo' | 'isPaired'>,
  { models }: Pick<ExtraModels, 'models'>,
): number {
  const places = [...(isPaired ? [dpo] : [sft, dpo]), ...Object.values(models)]
  return places.filter((place) => !isService(place)).length
}

async function startSeparate(pair: PreparedPair, start: Start): Promise<Pick<Addresses, 'sft' | 'dpo'>> {
  const one = (role: 'sft' | 'dpo', name: string) =>
    addressOf(pair[role], role, (folder) => start({ name, module: logit, role, folder }))
  const [sft, dpo] = await Promise.all([one('sft', 'SFT service'), one('dpo', 'DPO service')])
  return { sft, dpo }
}

async function startPaired({ dpo: folder }: PreparedPair, start: Start): Promise<Pick<Addresses, 'sft' | 'dpo'>> {
  const { at, baseAt } = await start({ name: 'pair service', module: logit, role: 'dpo', folder, servesBase: true })
  if (baseAt === null)
    throw new Error(
      `the pair service at ${at} serves one model: expected two. The built services are older than this command: run "npm run build"`,
    )
  return { sft: baseAt, dpo: at }
}

async function startNamed(
  places: Readonly<Record<string, string>>,
  startOne: (name: string, folder: string) => Promise<Served>,
): Promise<Record<string, string>> {
  const found = Object.entries(places).map(
    async ([name, place]) => [name, await addressOf(place, name, (folder) => startOne(name, folder))] as const,
  )
  return Object.fromEntries(await Promise.all(found))
}

/** Returns the addresses of a running service, joined by commas, or that of the one that `start` starts. */
const addressOf = async (place: string, name: string, start: (folder: string) => Promise<Served>): Promise<string> =>
  isService(place) ? parseAddresses(place, name).join(',') : (await start(place)).at
