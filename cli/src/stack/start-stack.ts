import type { Context, ProcessModule } from '../commands/context.js'
import type { PreparedPair } from '../sources/prepare-pair.js'
import { isService, parseAddress } from '../sources/source.js'
import { type Addresses, gatewayEnvironment, serviceEnvironment } from './environments.js'
import { ProcessGroup } from './process-group.js'

/** A service that is both models counts as `dpo`. */
export type ProcessRole = 'sft' | 'dpo' | 'gateway'

export interface StackOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Of each service; left out, its share of the machine. */
  readonly threads?: number | undefined
  readonly templateFrom?: 'dpo' | 'sft' | undefined
  readonly apiKeys: readonly string[]
  /** What starts each process; left out, Node itself. */
  readonly launchers?: Readonly<Record<ProcessRole, readonly string[]>> | undefined
}

/** Models beside a pair, by name: each a model folder, or the `grpc://host:port` of a service that runs. */
export interface Beside {
  readonly models: Readonly<Record<string, string>>
  readonly rewards: Readonly<Record<string, string>>
}

export interface Stack {
  /** Of the gateway. */
  readonly url: string
  readonly services: Addresses
  readonly group: ProcessGroup
}

const nothing: Beside = { models: {}, rewards: {} }

/**
 * Starts all services that do not run yet at once, then the gateway. Whoever gets the stack calls `group.stop()`.
 * @throws Error telling which process could not start and what it said; none is left then
 */
export async function startStack(
  pair: PreparedPair,
  options: StackOptions,
  context: Context,
  beside: Beside = nothing,
): Promise<Stack> {
  const { output, isVerbose, findModule } = context
  const group = new ProcessGroup((name, line) => {
    if (isVerbose) output.write(`[${name}] ${line}\n`)
  })
  // Of services that start, the first failure ends the wait for the others.
  const failed = new AbortController()
  const signal = AbortSignal.any([context.signal, failed.signal])
  const start = (name: string, module: ProcessModule, environment: NodeJS.ProcessEnv, role?: ProcessRole) => {
    const launcher = role && options.launchers?.[role]
    return group.start({ name, modulePath: findModule(module), environment, launcher }, signal)
  }
  const sharers = countLogitServices(pair, beside)
  const environmentOf = (role: string, folder: string) =>
    serviceEnvironment(context.environment, role, folder, sharers, options)

  const startOne = async (role: 'sft' | 'dpo', name: string) =>
    isService(pair[role])
      ? parseAddress(pair[role], `--${role}`)
      : (await start(name, logitModule, environmentOf(role, pair[role]), role)).at
  const startApart = async () => {
    const [sft, dpo] = await Promise.all([startOne('sft', 'SFT service'), startOne('dpo', 'DPO service')])
    return { sft, dpo }
  }
  const startTogether = async () => {
    const environment = { ...environmentOf('dpo', pair.dpo), TANDEM_BASE_LISTEN: '127.0.0.1:0' }
    const { at, baseAt } = await start('pair service', logitModule, environment, 'dpo')
    if (baseAt === null) throw new Error('the pair service serves one model only: run "npm run build"')
    return { sft: baseAt, dpo: at }
  }
  const startAll = async (places: Beside['models'], kind: 'model' | 'reward') => {
    const startNamed = async ([name, place]: readonly [string, string]) => {
      if (isService(place)) return [name, parseAddress(place, `--${kind} ${name}`)] as const
      const module = kind === 'model' ? logitModule : rewardModule
      const { at } = await start(`${name} ${kind} service`, module, environmentOf(name, place))
      return [name, at] as const
    }
    return Object.fromEntries(await Promise.all(Object.entries(places).map(startNamed)))
  }
  try {
    const [both, models, rewards] = await Promise.all([
      pair.isPaired ? startTogether() : startApart(),
      startAll(beside.models, 'model'),
      startAll(beside.rewards, 'reward'),
    ])
    const services = { ...both, models, rewards }
    const environment = gatewayEnvironment(context.environment, services, pair, options)
    const { at: url } = await start('gateway', '@tandem/gateway/main', environment, 'gateway')
    return { url, services, group }
  } catch (error) {
    failed.abort(error)
    await group.stop()
    throw error
  }
}

const logitModule = '@tandem/services/logit-main'
const rewardModule = '@tandem/services/reward-main'

/** Those that compute at once and keep sessions here. Reward services do neither: they run when an answer is complete. */
function countLogitServices({ sft, dpo, isPaired }: PreparedPair, { models }: Beside): number {
  const places = [...(isPaired ? [dpo] : [sft, dpo]), ...Object.values(models)]
  return Math.max(1, places.filter((place) => !isService(place)).length)
}
