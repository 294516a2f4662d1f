import type { Context, ProcessModule } from '../commands/context.js'
import type { PreparedPair } from '../sources/prepare-pair.js'
import { allocatorEnvironment } from './allocator.js'
import { ProcessGroup } from './process-group.js'

/** A service that is both models counts as `dpo`. */
export type ProcessRole = 'sft' | 'dpo' | 'gateway'

export interface StackOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Of each service; left out, the service's own default. */
  readonly threads?: number | undefined
  readonly templateFrom?: 'dpo' | 'sft' | undefined
  readonly apiKeys: readonly string[]
  /** What starts each process; left out, Node itself. */
  readonly launchers?: Readonly<Record<ProcessRole, readonly string[]>> | undefined
}

export interface Stack {
  /** Of the gateway. */
  readonly url: string
  /** host:port of each logit service. */
  readonly services: { readonly sft: string; readonly dpo: string }
  readonly group: ProcessGroup
}

/**
 * Starts both logit services at once, or the one that is both, then the gateway. Whoever gets the stack calls `group.stop()`.
 * @throws Error telling which process could not start and what it said; none is left then
 */
export async function startStack(pair: PreparedPair, options: StackOptions, context: Context): Promise<Stack> {
  const { output, isVerbose, findModule } = context
  const group = new ProcessGroup((name, line) => {
    if (isVerbose) output.write(`[${name}] ${line}\n`)
  })
  // Of two services that start, the first failure ends the wait for the other.
  const failed = new AbortController()
  const signal = AbortSignal.any([context.signal, failed.signal])
  const start = (role: ProcessRole, name: string, module: ProcessModule, environment: NodeJS.ProcessEnv) =>
    group.start({ name, modulePath: findModule(module), environment, launcher: options.launchers?.[role] }, signal)
  const startService = (role: 'sft' | 'dpo', name: string, more: NodeJS.ProcessEnv = {}) => {
    const environment = serviceEnvironment(context.environment, role, pair[role], options)
    return start(role, name, '@tandem/services/logit-main', { ...environment, ...more })
  }
  const startApart = async () => {
    const [sft, dpo] = await Promise.all([startService('sft', 'SFT service'), startService('dpo', 'DPO service')])
    return { sft: sft.at, dpo: dpo.at }
  }
  const startTogether = async () => {
    const { at, baseAt } = await startService('dpo', 'pair service', { TANDEM_BASE_LISTEN: '127.0.0.1:0' })
    if (baseAt === null) throw new Error('the pair service serves one model only: run "npm run build"')
    return { sft: baseAt, dpo: at }
  }
  try {
    const services = await (pair.isPaired ? startTogether() : startApart())
    const environment = gatewayEnvironment(context.environment, services, pair, options)
    const { at: url } = await start('gateway', 'gateway', '@tandem/gateway/main', environment)
    return { url, services, group }
  } catch (error) {
    failed.abort(error)
    await group.stop()
    throw error
  }
}

function serviceEnvironment(
  { TANDEM_API_KEYS: _keys, ...environment }: NodeJS.ProcessEnv,
  role: string,
  folder: string,
  { threads }: StackOptions,
): NodeJS.ProcessEnv {
  return {
    ...allocatorEnvironment,
    ...environment,
    TANDEM_MODEL: folder,
    TANDEM_ROLE: role,
    // Reached by the gateway alone, whatever the environment says for services that run by themselves.
    TANDEM_LISTEN: '127.0.0.1:0',
    ...(threads === undefined ? {} : { TANDEM_THREADS: String(threads) }),
  }
}

function gatewayEnvironment(
  { TANDEM_API_KEYS: _keys, ...environment }: NodeJS.ProcessEnv,
  services: { readonly sft: string; readonly dpo: string },
  pair: PreparedPair,
  { host, port, apiKeys, templateFrom }: StackOptions,
): NodeJS.ProcessEnv {
  return {
    ...environment,
    TANDEM_SFT: services.sft,
    TANDEM_DPO: services.dpo,
    TANDEM_HOST: host,
    TANDEM_PORT: String(port),
    TANDEM_PAIR: pair.name,
    ...(apiKeys.length === 0 ? {} : { TANDEM_API_KEYS: apiKeys.join(',') }),
    ...(templateFrom === undefined ? {} : { TANDEM_TEMPLATE_FROM: templateFrom }),
  }
}
